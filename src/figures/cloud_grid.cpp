#include "cloud_grid.hpp"

#include "semscope/core/random.hpp"
#include "semscope/figures/word_cloud.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>

namespace semscope::figures {
namespace {

constexpr double ring_step = 3;                                           // pixels between tried places
constexpr std::array<double, 5> ring_middles{0, -0.15, 0.15, -0.3, 0.3};  // from the middle, in heights of the picture

std::size_t pixels(double points) { return static_cast<std::size_t>(points * cloud_scale); }

int signed_of(std::size_t value) { return static_cast<int>(value); }

/// The pixels that are set, cut out.
struct CutOut {
    Bitmap shape{0, 0};
    std::size_t left = 0, top = 0;
};

CutOut cut_out(const Bitmap& taken) {
    std::size_t left = taken.width(), top = taken.height(), right = 0, bottom = 0;
    std::vector<GridPlace> set;
    for (std::size_t y = 0; y < taken.height(); ++y)
        for (std::size_t x = 0; x < taken.width(); ++x) {
            if (!taken.get(x, y)) continue;
            set.push_back({x, y});
            left = std::min(left, x);
            right = std::max(right, x + 1);
            top = std::min(top, y);
            bottom = std::max(bottom, y + 1);
        }
    if (set.empty()) return {};
    CutOut cut{Bitmap(right - left, bottom - top), left, top};
    for (const GridPlace pixel : set) cut.shape.set(pixel.x - left, pixel.y - top);
    return cut;
}

}  // namespace

CloudGrid::CloudGrid(Size size, std::size_t margin)
    : width_(pixels(size.width)), height_(pixels(size.height)), margin_(margin) {
    const Rect outline = cloud_outline(size);
    const Point centre{outline.centre().x * cloud_scale, outline.centre().y * cloud_scale};
    for (std::size_t y = 0; y < height_; ++y) {
        const double dy = (static_cast<double>(y) + 0.5 - centre.y) / (outline.height / 2 * cloud_scale);
        const double half = dy * dy < 1 ? std::sqrt(1 - dy * dy) * outline.width / 2 * cloud_scale : 0;
        // Pixels whose middle lies inside.
        inside_.push_back(
            {static_cast<int>(std::floor(centre.x - half + 0.5)), static_cast<int>(std::ceil(centre.x + half - 0.5))});
    }
    const double a = static_cast<double>(width_) / 2, b = static_cast<double>(height_) / 2;
    const double count = std::ceil(std::min(a, b) / ring_step);
    const double reach = 1 + 2 * *std::max_element(ring_middles.begin(), ring_middles.end());
    for (double ring = 0; ring <= reach * count; ++ring) {
        const double radius = ring / count;
        const double steps = std::max(1.0, std::ceil(std::numbers::pi * radius * (a + b) / ring_step));
        std::vector<Offset>& offsets = rings_.emplace_back();
        for (double step = 0; step < steps; ++step) {
            const double angle = 2 * std::numbers::pi * step / steps;
            offsets.push_back({static_cast<int>(std::lround(radius * a * std::cos(angle))),
                               static_cast<int>(std::lround(radius * b * std::sin(angle)))});
        }
    }
}

Point CloudGrid::point(GridPlace place) const {
    const auto margin = static_cast<double>(margin_);
    return {(static_cast<double>(place.x) - margin) / cloud_scale,
            (static_cast<double>(place.y) - margin) / cloud_scale};
}

/// From the first to the last pixel of each row; the end of a row without pixels is not after its begin.
std::vector<CloudGrid::Span> CloudGrid::spans_of(const Bitmap& shape) {
    std::vector<Span> spans(shape.height(), {signed_of(shape.width()), 0});
    for (std::size_t y = 0; y < shape.height(); ++y)
        for (std::size_t x = 0; x < shape.width(); ++x)
            if (shape.get(x, y))
                spans[y] = {std::min(spans[y].begin, signed_of(x)), std::max(spans[y].end, signed_of(x) + 1)};
    return spans;
}

/// Where the corner of a shape may lie in each row of the picture so that the shape lies inside the ellipse: it is
/// convex, so the ends of the shape's rows tell.
std::vector<CloudGrid::Span> CloudGrid::corners_for(const Bitmap& shape) const {
    if (shape.height() > height_) return {};
    const std::vector<Span> rows = spans_of(shape);
    std::vector<Span> corners(height_ - shape.height() + 1,
                              {std::numeric_limits<int>::min(), std::numeric_limits<int>::max()});
    for (std::size_t y = 0; y < corners.size(); ++y)
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (rows[i].end <= rows[i].begin) continue;
            corners[y].begin = std::max(corners[y].begin, inside_[y + i].begin - rows[i].begin);
            corners[y].end = std::min(corners[y].end, inside_[y + i].end - rows[i].end + 1);
        }
    return corners;
}

std::optional<GridPlace> CloudGrid::find(const Bitmap& taken, const GridShape& shape, const SearchOrder& order) const {
    const std::vector<Span> corners = corners_for(shape.covered);
    const Bitmap grown = shape.covered.grown(shape.beside, shape.above);
    const auto random = philox4x32({order.word, order.attempt, 0, 0}, philox_key(order.seed));
    const auto start = static_cast<double>(unit_float(random[0]));
    const bool backwards = (random[1] & 1U) != 0;
    // Where the corner of the shape lies when its middle is that of the rings.
    const int middle_x = (signed_of(width_) - signed_of(shape.covered.width())) / 2;
    const int middle_y =
        (signed_of(height_) - signed_of(shape.covered.height())) / 2 +
        static_cast<int>(ring_middles[order.attempt % ring_middles.size()] * static_cast<double>(height_));
    for (const std::vector<Offset>& ring : rings_) {
        const std::size_t size = ring.size();
        const auto first = static_cast<std::size_t>(start * static_cast<double>(size));
        for (std::size_t step = 0; step < size; ++step) {
            const std::size_t index = first + (backwards ? size - step : step);
            const Offset offset = ring[index < size ? index : index - size];
            const int x = middle_x + offset.x, y = middle_y + offset.y;
            if (y < 0 || y >= signed_of(corners.size())) continue;
            const Span columns = corners[static_cast<std::size_t>(y)];
            if (x < columns.begin || x >= columns.end) continue;
            const GridPlace place{static_cast<std::size_t>(x) + margin_, static_cast<std::size_t>(y) + margin_};
            if (!taken.meets(grown, place.x - shape.beside, place.y - shape.above)) return place;
        }
    }
    return std::nullopt;
}

Point CloudGrid::shift_to_middle(const Bitmap& taken) const {
    const CutOut words = cut_out(taken);
    const std::vector<Span> corners = corners_for(words.shape);
    const int left = signed_of(words.left) - signed_of(margin_), top = signed_of(words.top) - signed_of(margin_);
    const int all_x = (signed_of(width_) - signed_of(words.shape.width())) / 2 - left;
    const int all_y = (signed_of(height_) - signed_of(words.shape.height())) / 2 - top;
    for (const int quarters : {4, 3, 2, 1}) {
        const int x = all_x * quarters / 4, y = all_y * quarters / 4, row = top + y;
        const Span columns = corners[static_cast<std::size_t>(row)];
        if (left + x >= columns.begin && left + x < columns.end) return {x / cloud_scale, y / cloud_scale};
    }
    return {0, 0};
}

Rect cloud_outline(Size size) {
    constexpr double border = 4;  // points between the ellipse and the edge of the picture
    return {border, border, size.width - 2 * border, size.height - 2 * border};
}

}  // namespace semscope::figures
