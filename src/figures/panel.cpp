#include "semscope/figures/panel.hpp"

#include "colour_bar.hpp"
#include "panel_parts.hpp"
#include "semscope/core/errors.hpp"

#include <memory>
#include <optional>

namespace semscope::figures {
namespace {

constexpr double margin = 10;
constexpr double gap = 12;
constexpr double title_size = 12;
constexpr double caption_size = 9;
constexpr double head = 42;           // title line and captions
constexpr double image_height = 224;  // the usual crop, pixel for point
constexpr double image_width = 360;   // at most
constexpr double boundless = 1e6;
constexpr Rgb grey{90, 90, 90};

/// Everything that the drawing needs, worked out once.
struct Content {
    PanelParts parts;
    double bar;
    double width;
    std::optional<ClassLegend> legend;
};

void draw_title(Canvas& canvas, const Panel& panel, double width) {
    const Font bold{panel.font, title_size, true}, small{panel.font, caption_size, false};
    const std::string title = shorten(title_of(panel), bold, width);
    canvas.text({margin, margin + title_size}, title, {.font = bold});
    const double left = width - measure(title, bold).width - gap;
    if (panel.image.empty() || left < measure(panel.image, small).width) return;
    canvas.text({margin + width, margin + title_size}, panel.image,
                {.font = small, .colour = grey, .anchor = Anchor::end});
}

Content content_of(Panel panel, const Palette& palette) {
    check(panel.labels);
    const MapColours colours = panel.range ? fixed_colours(panel.scale, *panel.range)
                                           : map_colours(panel.scale, own_range(panel), panel.scene_range);
    const Size room = panel.width ? Size{*panel.width, boundless} : Size{image_width, image_height};
    Content content{panel_parts(std::move(panel), palette, colours, room), 0, 0, {}};
    const Panel& kept = content.parts.panel;
    content.bar = colour_bar_width(kept.font, colours.range);
    content.width = 3 * content.parts.image.width + 3 * gap + content.bar;
    if (kept.legend) content.legend.emplace(std::vector{&content.parts}, palette, content.width, kept.font);
    return content;
}

}  // namespace

Picture draw_panel(Panel panel) {
    const std::size_t classes = panel.names.size();
    return draw_panel(std::move(panel), Palette::for_classes(classes));
}

Picture draw_panel(Panel panel, const Palette& palette) {
    const auto content = std::make_shared<const Content>(content_of(std::move(panel), palette));
    const Size image = content->parts.image;
    const double below = content->legend ? content->legend->height() : 0;
    const auto draw = [content, image](Canvas& canvas) {
        const PanelParts& parts = content->parts;
        draw_title(canvas, parts.panel, content->width);
        const double step = image.width + gap, top = margin + head;
        draw_photo(canvas, parts, {margin, top, image.width, image.height}, "Photo");
        draw_segmentation(canvas, parts, {margin + step, top, image.width, image.height}, "Semantic classes");
        const Rect map{margin + 2 * step, top, image.width, image.height};
        draw_map(canvas, parts, map, parts.panel.quantity + " of " + parts.panel.predicted);
        draw_colour_bar(canvas, {map.right() + gap, map.y, content->bar, map.height}, parts.colours, parts.panel.font);
        if (content->legend) content->legend->draw(canvas, {margin, top + image.height});
    };
    return {
        {content->width + 2 * margin, image.height + head + below + 2 * margin}, title_of(content->parts.panel), draw};
}

}  // namespace semscope::figures
