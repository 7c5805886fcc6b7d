#include "cloud_word.hpp"

#include "cloud_grid.hpp"
#include "pango.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace semscope::figures {
namespace {

constexpr double line_pitch = 1.06;  // font sizes from one baseline to the next

int to_grid(double points) { return static_cast<int>(std::lround(points * cloud_scale)); }

/// A line and where its baseline begins on the grid, from the middle of the first line's baseline.
struct Line {
    std::string text;
    TextMask mask;
    Rect ink;  ///< points from the start of the baseline
    int x = 0;
    int y = 0;
};

std::vector<Line> lines_of(const std::vector<std::string>& texts, const Font& font) {
    std::vector<Line> lines;
    for (const std::string& text : texts) {
        const Rect ink = measure(text, font).ink;
        lines.push_back({text, mask_of(text, font, cloud_scale), ink, to_grid(-ink.x - ink.width / 2),
                         to_grid(static_cast<double>(lines.size()) * line_pitch * font.size)});
    }
    return lines;
}

/// Where a shape begins on the grid.
struct Corner {
    int x, y;
};

/// Sets what lies above each other in two lines and between them.
void fill_between(const std::vector<Line>& lines, Corner corner, Bitmap& shape) {
    if (lines.size() < 2) return;
    const auto left_of = [](const Line& line) { return line.x + line.mask.left; };
    const auto right_of = [&](const Line& line) { return left_of(line) + static_cast<int>(line.mask.pixels.width()); };
    const int left = std::max(left_of(lines[0]), left_of(lines[1])) - corner.x;
    const int right = std::min(right_of(lines[0]), right_of(lines[1])) - corner.x;
    for (int y = 0; y < static_cast<int>(shape.height()); ++y)
        for (int x = left; x < right; ++x) shape.set(static_cast<std::size_t>(x), static_cast<std::size_t>(y));
}

}  // namespace

std::vector<std::vector<std::string>> ways_to_write(const std::string& name, const std::string& family) {
    std::vector<std::vector<std::string>> ways{{name}};
    std::vector<std::string> best;
    double narrowest = std::numeric_limits<double>::infinity();
    for (std::size_t blank = name.find(' '); blank != std::string::npos; blank = name.find(' ', blank + 1)) {
        const std::string first = name.substr(0, blank), second = name.substr(blank + 1);
        if (first.empty() || second.empty()) continue;
        const Font font{family, 20, false};
        const double width = std::max(measure(first, font).width, measure(second, font).width);
        if (width >= narrowest) continue;
        narrowest = width;
        best = {first, second};
    }
    if (!best.empty()) ways.push_back(best);
    return ways;
}

CloudWord cloud_word(const std::vector<std::string>& texts, const std::string& family, double size) {
    const std::vector<Line> lines = lines_of(texts, {family, size, false});
    int left = std::numeric_limits<int>::max(), top = left, right = std::numeric_limits<int>::min(), bottom = right;
    for (const Line& line : lines) {
        left = std::min(left, line.x + line.mask.left);
        top = std::min(top, line.y + line.mask.top);
        right = std::max(right, line.x + line.mask.left + static_cast<int>(line.mask.pixels.width()));
        bottom = std::max(bottom, line.y + line.mask.top + static_cast<int>(line.mask.pixels.height()));
    }
    CloudWord word;
    word.pixels = Bitmap(static_cast<std::size_t>(right - left), static_cast<std::size_t>(bottom - top));
    Point low{std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()}, high{0, 0};
    for (const Line& line : lines) {
        word.pixels.add(line.mask.pixels, static_cast<std::size_t>(line.x + line.mask.left - left),
                        static_cast<std::size_t>(line.y + line.mask.top - top));
        const Point baseline{(line.x - left) / cloud_scale, (line.y - top) / cloud_scale};
        word.lines.push_back({line.text, baseline});
        low = {std::min(low.x, baseline.x + line.ink.x), std::min(low.y, baseline.y + line.ink.y)};
        high = {std::max(high.x, baseline.x + line.ink.right()), std::max(high.y, baseline.y + line.ink.bottom())};
    }
    word.box = {low.x, low.y, high.x - low.x, high.y - low.y};
    word.covered = word.pixels;
    fill_between(lines, {left, top}, word.covered);
    return word;
}

}  // namespace semscope::figures
