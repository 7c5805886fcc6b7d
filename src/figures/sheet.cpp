#include "colour_bar.hpp"
#include "panel_parts.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/figures/panel.hpp"

#include <algorithm>
#include <memory>

namespace semscope::figures {
namespace {

constexpr double margin = 10;
constexpr double gap = 10;
constexpr double head = 18;    // the captions of the columns
constexpr double title = 15;   // above each row
constexpr double between = 8;  // below each row
constexpr double title_size = 9;
constexpr double longest_bar = 320;
constexpr double tallest = 1.2;  // of a picture, in its widths: portraits do not fill the page

/// Everything that the drawing needs, worked out once.
struct Content {
    std::vector<PanelParts> rows;
    std::unique_ptr<ClassLegend> legend;
    double picture = 0;  ///< width
    double bar = 0;
    double width = 0;
    double height = 0;  ///< of all rows
    std::string font;
};

MapColours colours_of(const Sheet& sheet) {
    if (sheet.range) return fixed_colours(sheet.scale, *sheet.range);
    ValueRange all = own_range(sheet.rows.front());
    for (const Panel& row : sheet.rows) all = join(all, own_range(row));
    return sheet.scale == MapScale::symmetric ? fixed_colours(sheet.scale, symmetric(all))
                                              : fixed_colours(sheet.scale, all);
}

Content content_of(Sheet sheet, const Palette& palette) {
    if (sheet.rows.empty()) throw InputError("a sheet without rows cannot be drawn");
    const MapColours colours = colours_of(sheet);
    Content content;
    content.font = sheet.font;
    content.picture = sheet.width;
    for (Panel& row : sheet.rows) {
        row.font = sheet.font;
        content.rows.push_back(panel_parts(std::move(row), palette, colours, {sheet.width, tallest * sheet.width}));
        content.height += title + content.rows.back().image.height + between;
    }
    content.bar = colour_bar_width(sheet.font, colours.range);
    content.width = 3 * content.picture + 3 * gap + content.bar;
    std::vector<PanelParts*> all;
    for (PanelParts& row : content.rows) all.push_back(&row);
    content.legend = std::make_unique<ClassLegend>(std::move(all), palette, content.width, sheet.font);
    return content;
}

void draw_row(Canvas& canvas, const Content& content, const PanelParts& row, double top) {
    const Font bold{content.font, title_size, true};
    canvas.text({margin, top + title_size}, shorten(title_of(row.panel), bold, 3 * content.picture + 2 * gap),
                {.font = bold});
    const double left = margin + (content.picture - row.image.width) / 2, step = content.picture + gap;
    Rect area{left, top + title, row.image.width, row.image.height};
    draw_photo(canvas, row, area, "");
    area.x += step;
    draw_segmentation(canvas, row, area, "");
    area.x += step;
    draw_map(canvas, row, area, "");
}

void draw_all(Canvas& canvas, const Content& content) {
    const Font font{content.font, title_size, false};
    const double step = content.picture + gap;
    double x = margin;
    for (const std::string& caption : {std::string("Photo"), std::string("Semantic classes"),
                                       content.rows.front().panel.quantity + " of the predicted scene"}) {
        canvas.text({x, margin + title_size}, shorten(caption, font, content.picture), {.font = font});
        x += step;
    }
    double top = margin + head;
    for (const PanelParts& row : content.rows) {
        const Group group(canvas, {"row", title_of(row.panel), {}});
        draw_row(canvas, content, row, top);
        top += title + row.image.height + between;
    }
    const double first = margin + head + title, all = content.height - title - between;
    const double bar = std::min(all, longest_bar);
    draw_colour_bar(canvas, {margin + 3 * step, first + (all - bar) / 2, content.bar, bar},
                    content.rows.front().colours, content.font);
    content.legend->draw(canvas, {margin, top - between});
}

}  // namespace

Picture draw_sheet(Sheet sheet, const Palette& palette) {
    const auto content = std::make_shared<const Content>(content_of(std::move(sheet), palette));
    return {{content->width + 2 * margin, head + content->height + content->legend->height() + 2 * margin},
            "score deviation maps of several scenes",
            [content](Canvas& canvas) { draw_all(canvas, *content); }};
}

}  // namespace semscope::figures
