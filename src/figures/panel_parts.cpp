#include "panel_parts.hpp"

#include "axes.hpp"
#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace semscope::figures {
namespace {

constexpr double caption_size = 9;
constexpr Rgb grey{90, 90, 90};
constexpr Rgb ground{236, 236, 236};

void draw_caption(Canvas& canvas, const PanelParts& parts, const Rect& area, const std::string& text) {
    if (text.empty()) return;
    const Font font{parts.panel.font, caption_size, false};
    canvas.text({area.x, area.y - 5}, shorten(text, font, area.width), {.font = font});
}

void draw_frame(Canvas& canvas, const Rect& photo, const Rect& seen) {
    const Rect frame{photo.x + seen.x * photo.width, photo.y + seen.y * photo.height, seen.width * photo.width,
                     seen.height * photo.height};
    canvas.rectangle(frame, {{}, Pen{white, 1.6, {}}});
    canvas.rectangle(frame, {{}, Pen{black, 0.8, {4, 3}}});
}

}  // namespace

NameOptions PanelParts::name_options() const {
    NameOptions options;
    options.family = panel.font;
    options.scale = image.width / static_cast<double>(panel.labels.width());
    return options;
}

PanelParts panel_parts(Panel panel, const Palette& palette, const MapColours& colours, Size room) {
    check(panel.labels);
    if (panel.photo) check(*panel.photo);
    if (panel.deviations.size() != panel.names.size())
        throw InputError(fmt::format("{} deviations for {} class names", panel.deviations.size(), panel.names.size()));
    const Size image = inside(room, panel.labels.size);
    PanelParts parts{std::move(panel), colours, image, {}, {}, {}, {}};
    parts.segmentation = segmentation(parts.panel.labels, palette);
    parts.map = deviation_map(parts.panel.labels, parts.panel.deviations, colours, parts.panel.unseen);
    parts.names = place_names(parts.panel.labels, parts.panel.names, parts.name_options());
    return parts;
}

Size inside(Size room, data::ImageSize image) {
    const double aspect = static_cast<double>(image.width) / static_cast<double>(image.height);
    return {std::min(room.width, room.height * aspect), std::min(room.height, room.width / aspect)};
}

ValueRange own_range(const Panel& panel) { return deviation_range(panel.labels, panel.deviations, panel.unseen); }

std::string title_of(const Panel& panel) {
    const std::string predicted = fmt::format("Predicted: {}, p = {}", panel.predicted, decimal(panel.probability, 3));
    return panel.scene.empty() ? predicted : fmt::format("Scene: {} · {}", panel.scene, predicted);
}

void draw_photo(Canvas& canvas, const PanelParts& parts, const Rect& area, const std::string& caption) {
    const Group group(canvas, {"photo", "", {}});
    draw_caption(canvas, parts, area, caption);
    if (parts.panel.photo) {
        const data::Image& photo = *parts.panel.photo;
        const Size size = inside({area.width, area.height}, photo.size);
        const Rect place{area.x + (area.width - size.width) / 2, area.y + (area.height - size.height) / 2, size.width,
                         size.height};
        canvas.image(place, photo, Sampling::smooth);
        if (parts.panel.seen) draw_frame(canvas, place, *parts.panel.seen);
        return;
    }
    canvas.rectangle(area, {ground, {}});
    canvas.text({area.centre().x, area.centre().y + caption_size / 3}, "photo not found",
                {.font = {parts.panel.font, caption_size, false}, .colour = grey, .anchor = Anchor::middle});
}

void draw_segmentation(Canvas& canvas, const PanelParts& parts, const Rect& area, const std::string& caption) {
    const Group group(canvas, {"segmentation", "", {}});
    draw_caption(canvas, parts, area, caption);
    canvas.image(area, parts.segmentation, Sampling::nearest);
    for (const auto* texts : {&parts.names, &parts.numbers})
        for (const RegionName& name : *texts) {
            const double deviation = deviation_of(name.label, parts.panel.deviations);
            const Group named(canvas, {"region",
                                       fmt::format("{}: {}", name.text, significant(deviation)),
                                       {{"class", fmt::format("{}", name.label)}, {"deviation", exact(deviation)}}});
            canvas.text({area.x + name.baseline.x, area.y + name.baseline.y}, name.text,
                        {.font = name.font, .colour = black, .halo = white, .halo_width = 1.3});
        }
}

void draw_map(Canvas& canvas, const PanelParts& parts, const Rect& area, const std::string& caption) {
    const Group group(canvas, {"deviation-map", "", {}});
    draw_caption(canvas, parts, area, caption);
    canvas.image(area, parts.map, Sampling::nearest);
}

}  // namespace semscope::figures
