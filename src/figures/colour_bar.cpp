#include "colour_bar.hpp"

#include "axes.hpp"

#include <algorithm>
#include <cmath>

namespace semscope::figures {
namespace {

constexpr double text_size = 8;
constexpr double bar_width = 12;
constexpr double tick_length = 3;
constexpr double line_height = 11;
constexpr Rgb frame{60, 60, 60};

/// One pixel for each level, the highest on top.
data::Image levels_of(const ColourMap& colours) {
    data::Image image{{1, static_cast<int>(ColourMap::levels)}, 3, {}};
    for (std::size_t level = ColourMap::levels; level-- > 0;) {
        const Rgb colour = colours[level];
        image.pixels.insert(image.pixels.end(), {colour.red, colour.green, colour.blue});
    }
    return image;
}

struct Mark {
    double share;  ///< 0 low end, 1 high end
    std::string label;
};

/// The two ends, because the colours are stretched to them, and the round numbers that keep clear of them.
std::vector<Mark> marks_for(ValueRange range, double height) {
    const double width = range.high - range.low;
    if (!(width > 0)) return {{0.5, significant(range.low)}};
    std::vector<Mark> marks{{0, significant(range.low)}, {1, significant(range.high)}};
    const Ticks ticks = nice_ticks(range, 5);
    for (std::size_t i = 0; i < ticks.values.size(); ++i) {
        const double share = (ticks.values[i] - range.low) / width;
        if (std::min(share, 1 - share) * height >= 1.2 * line_height) marks.push_back({share, ticks.labels[i]});
    }
    return marks;
}

double widest_label(const std::string& font, ValueRange range, double height) {
    double width = 0;
    for (const Mark& mark : marks_for(range, height))
        width = std::max(width, measure(mark.label, {font, text_size, false}).width);
    return width;
}

void draw_mark(Canvas& canvas, const Rect& bar, const Mark& mark, const Font& font) {
    const double y = bar.bottom() - mark.share * bar.height;
    canvas.line({bar.right(), y}, {bar.right() + tick_length, y}, {frame, 0.6, {}});
    canvas.text({bar.right() + tick_length + 2, y + 0.36 * font.size}, mark.label, {.font = font});
}

/// Every fifth level, its middle, each as high as five. What is above reaches a little below, so that no gap shows.
void draw_levels(Canvas& canvas, const Rect& bar, const ColourMap& colours) {
    constexpr std::size_t together = 5, strips = ColourMap::levels / together;
    const double height = bar.height / static_cast<double>(strips);
    for (std::size_t i = 0; i < strips; ++i) {
        const double top = bar.y + height * static_cast<double>(strips - 1 - i);
        canvas.rectangle({bar.x, top, bar.width, i == 0 ? height : height + 0.5},
                         {.fill = colours[together * i + together / 2]});
    }
}

}  // namespace

double colour_bar_width(const std::string& font, ValueRange range, const BarLook& look) {
    const Font small{font, text_size, false};
    const double widest = std::max(measure(look.high, small).width, measure(look.low, small).width);
    return std::max(widest, bar_width + tick_length + 2 + widest_label(font, range, 200));
}

void draw_colour_bar(Canvas& canvas, const Rect& place, const MapColours& colours, const std::string& font,
                     const BarLook& look) {
    const Font small{font, text_size, false};
    const Rect bar{place.x, place.y + 1.5 * line_height, bar_width, place.height - 3 * line_height};
    const Group group(canvas,
                      {"colour-bar", "", {{"low", exact(colours.range.low)}, {"high", exact(colours.range.high)}}});
    canvas.text({place.x, place.y + text_size}, look.high, {.font = small});
    canvas.text({place.x, place.bottom() - 1.5}, look.low, {.font = small});
    if (colours.range.high > colours.range.low && look.shapes)
        draw_levels(canvas, bar, colours.colours);
    else if (colours.range.high > colours.range.low)
        canvas.image(bar, levels_of(colours.colours), Sampling::nearest);
    else
        canvas.rectangle(bar, {colours.colours[ColourMap::levels / 2], {}});
    canvas.rectangle(bar, {{}, Pen{frame, 0.6, {}}});
    for (const Mark& mark : marks_for(colours.range, bar.height)) draw_mark(canvas, bar, mark, small);
}

}  // namespace semscope::figures
