#include "semscope/figures/scene_figure.hpp"

#include "placed_canvas.hpp"
#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace semscope::figures {
namespace {

constexpr double margin = 10;
constexpr double gap = 10;
constexpr double title_size = 14;
constexpr double subtitle_size = 10;
constexpr double caption_size = 8;
constexpr double head = 40;
constexpr double caption_height = 14;
constexpr double tallest_photo = 200;
constexpr double least_scale = 0.62;  // of a box plot beside a word cloud: its names are 9 points high
constexpr Rgb grey{90, 90, 90};

/// A picture and where it stands.
struct Placed {
    const Picture* picture;
    Rect place;
};

/// Where everything stands, from the upper left corner of the figure.
struct Arrangement {
    std::vector<Rect> photos;
    std::vector<Placed> charts;
    Size size;
};

double aspect(const Size& size) { return size.width / size.height; }

/// Photos of one height that together are as wide as the figure, or less high.
double photo_height(const SceneFigure& figure) {
    double aspects = 0;
    for (const ScenePhoto& each : figure.photos)
        aspects += static_cast<double>(each.photo.width()) / static_cast<double>(each.photo.height());
    const double room = figure.width - gap * static_cast<double>(figure.photos.size() - 1);
    return std::min(tallest_photo, room / aspects);
}

double place_photos(const SceneFigure& figure, Arrangement& arrangement, double top) {
    if (figure.photos.empty()) return top;
    const double height = photo_height(figure);
    double x = margin;
    for (const ScenePhoto& each : figure.photos) {
        const double width =
            height * static_cast<double>(each.photo.width()) / static_cast<double>(each.photo.height());
        arrangement.photos.push_back({x, top, width, height});
        x += width + gap;
    }
    return top + height + caption_height + gap;
}

double place_charts(const SceneFigure& figure, Arrangement& arrangement, double top) {
    if (figure.box_plot && figure.word_cloud) {
        const Size box = figure.box_plot->size, cloud = figure.word_cloud->size;
        const double height = (figure.width - gap) / (aspect(box) + aspect(cloud));
        if (height / box.height >= least_scale) {
            const double shown = std::min(height, box.height);
            const double left = margin + (figure.width - gap - shown * (aspect(box) + aspect(cloud))) / 2;
            arrangement.charts.push_back({&*figure.box_plot, {left, top, shown * aspect(box), shown}});
            arrangement.charts.push_back(
                {&*figure.word_cloud, {left + shown * aspect(box) + gap, top, shown * aspect(cloud), shown}});
            return top + shown;
        }
    }
    for (const auto* each : {&figure.box_plot, &figure.word_cloud}) {
        if (!*each) continue;
        const Size size = (*each)->size;
        const double scale = std::min(1.0, figure.width / size.width);
        const double width = scale * size.width, height = scale * size.height;
        arrangement.charts.push_back({&**each, {margin + (figure.width - width) / 2, top, width, height}});
        top += height + gap;
    }
    return top;
}

Arrangement arrange(const SceneFigure& figure) {
    Arrangement arrangement;
    double bottom = place_photos(figure, arrangement, margin + head);
    bottom = place_charts(figure, arrangement, bottom);
    arrangement.size = {figure.width + 2 * margin, bottom + margin};
    return arrangement;
}

void draw_photos(Canvas& canvas, const SceneFigure& figure, const Arrangement& arrangement) {
    const Font font{figure.font, caption_size, false};
    for (std::size_t i = 0; i < arrangement.photos.size(); ++i) {
        const Group group(canvas, {"photo", "", {}});
        const Rect& place = arrangement.photos[i];
        canvas.image(place, figure.photos[i].photo, Sampling::smooth);
        canvas.text({place.x, place.bottom() + caption_size + 2}, shorten(figure.photos[i].caption, font, place.width),
                    {.font = font, .colour = grey});
    }
}

void draw_all(Canvas& canvas, const SceneFigure& figure, const Arrangement& arrangement) {
    const Font bold{figure.font, title_size, true}, plain{figure.font, subtitle_size, false};
    canvas.text({margin, margin + title_size}, shorten(figure.scene, bold, figure.width), {.font = bold});
    canvas.text({margin, margin + title_size + subtitle_size + 6}, shorten(figure.subtitle, plain, figure.width),
                {.font = plain, .colour = grey});
    draw_photos(canvas, figure, arrangement);
    for (const Placed& each : arrangement.charts) {
        const Group group(canvas, {"chart", each.picture->title, {}});
        PlacedCanvas inner(canvas, {each.place.x, each.place.y}, each.place.width / each.picture->size.width);
        each.picture->draw(inner);
    }
}

}  // namespace

Picture draw_scene_figure(SceneFigure figure) {
    if (figure.photos.empty() && !figure.box_plot && !figure.word_cloud)
        throw InputError(fmt::format("scene {}: a figure without photos and numbers", figure.scene));
    for (const ScenePhoto& each : figure.photos) check(each.photo);
    // The arrangement points into the figure.
    const auto kept = std::make_shared<const SceneFigure>(std::move(figure));
    const auto arrangement = std::make_shared<const Arrangement>(arrange(*kept));
    return {arrangement->size, kept->scene,
            [kept, arrangement](Canvas& canvas) { draw_all(canvas, *kept, *arrangement); }};
}

}  // namespace semscope::figures
