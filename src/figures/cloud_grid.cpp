#include "cloud_grid.hpp"

#include "semscope/core/random.hpp"
#include "semscope/figures/word_cloud.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

namespace semscope::figures {
namespace {

constexpr double ring_step = 3;  // pixels between tried places

/// The pixels that are set in `taken` and not in `empty`, cut out.
struct CutOut {
    Bitmap shape;
    std::size_t left, top;
};

CutOut difference(const Bitmap& taken, const Bitmap& empty) {
    std::size_t left = taken.width(), top = taken.height(), right = 0, bottom = 0;
    std::vector<GridPlace> pixels;
    for (std::size_t y = 0; y < taken.height(); ++y)
        for (std::size_t x = 0; x < taken.width(); ++x) {
            if (!taken.get(x, y) || empty.get(x, y)) continue;
            pixels.push_back({x, y});
            left = std::min(left, x);
            right = std::max(right, x + 1);
            top = std::min(top, y);
            bottom = std::max(bottom, y + 1);
        }
    if (pixels.empty()) return {Bitmap(0, 0), 0, 0};
    CutOut cut{Bitmap(right - left, bottom - top), left, top};
    for (const GridPlace pixel : pixels) cut.shape.set(pixel.x - left, pixel.y - top);
    return cut;
}

int signed_of(std::size_t value) { return static_cast<int>(value); }

}  // namespace

Bitmap outside_ellipse(Size size) {
    Bitmap grid(static_cast<std::size_t>(size.width * cloud_scale),
                static_cast<std::size_t>(size.height * cloud_scale));
    const Rect ellipse = cloud_outline(size);
    const Point centre = ellipse.centre();
    for (std::size_t y = 0; y < grid.height(); ++y)
        for (std::size_t x = 0; x < grid.width(); ++x) {
            const double dx = ((static_cast<double>(x) + 0.5) / cloud_scale - centre.x) / (ellipse.width / 2);
            const double dy = ((static_cast<double>(y) + 0.5) / cloud_scale - centre.y) / (ellipse.height / 2);
            if (dx * dx + dy * dy >= 1) grid.set(x, y);
        }
    return grid;
}

PlaceSearch::PlaceSearch(const Bitmap& grid) {
    const double a = static_cast<double>(grid.width()) / 2, b = static_cast<double>(grid.height()) / 2;
    const double count = std::ceil(std::min(a, b) / ring_step);
    for (double ring = 0; ring <= count; ++ring) {
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

std::optional<GridPlace> PlaceSearch::find(const Bitmap& taken, const Bitmap& shape, std::uint64_t seed,
                                           std::array<std::uint32_t, 2> which) const {
    const auto random = philox4x32({which[0], which[1], 0, 0}, philox_key(seed));
    const auto start = static_cast<double>(unit_float(random[0]));
    const bool backwards = (random[1] & 1U) != 0;
    // Where the corner of the shape may lie; halfway is where both middles coincide.
    const int last_x = signed_of(taken.width()) - signed_of(shape.width());
    const int last_y = signed_of(taken.height()) - signed_of(shape.height());
    for (const std::vector<Offset>& ring : rings_) {
        const auto first = static_cast<std::size_t>(start * static_cast<double>(ring.size()));
        for (std::size_t step = 0; step < ring.size(); ++step) {
            const Offset offset = ring[(first + (backwards ? ring.size() - step : step)) % ring.size()];
            const int x = last_x / 2 + offset.x, y = last_y / 2 + offset.y;
            if (x < 0 || y < 0 || x > last_x || y > last_y) continue;
            const GridPlace place{static_cast<std::size_t>(x), static_cast<std::size_t>(y)};
            if (!taken.meets(shape, place.x, place.y)) return place;
        }
    }
    return std::nullopt;
}

GridShift shift_to_middle(const Bitmap& taken, const Bitmap& empty) {
    const CutOut words = difference(taken, empty);
    const int all_x = (signed_of(empty.width()) - signed_of(words.shape.width())) / 2 - signed_of(words.left);
    const int all_y = (signed_of(empty.height()) - signed_of(words.shape.height())) / 2 - signed_of(words.top);
    for (const int quarters : {4, 3, 2, 1}) {
        const GridShift shift{all_x * quarters / 4, all_y * quarters / 4};
        const int left = signed_of(words.left) + shift.x;
        const int top = signed_of(words.top) + shift.y;
        if (!empty.meets(words.shape, static_cast<std::size_t>(left), static_cast<std::size_t>(top))) return shift;
    }
    return {};
}
Rect cloud_outline(Size size) {
    constexpr double border = 4;  // points between the ellipse and the edge of the picture
    return {border, border, size.width - 2 * border, size.height - 2 * border};
}

}  // namespace semscope::figures
