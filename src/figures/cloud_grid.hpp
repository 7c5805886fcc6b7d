#pragma once

#include "bitmap.hpp"
#include "semscope/figures/geometry.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace semscope::figures {

/// Pixels a point of the grid that words are placed on.
inline constexpr double cloud_scale = 2;

/// A place on the grid.
struct GridPlace {
    std::size_t x = 0;
    std::size_t y = 0;
};

/// A word on the grid: what it covers, and how far other words stay away from that, in pixels.
struct GridShape {
    Bitmap covered{0, 0};
    std::size_t beside = 0;
    std::size_t above = 0;
};

/// One of the ways to search: where a search begins and which way it runs.
struct SearchOrder {
    std::uint64_t seed = 0;
    std::uint32_t word = 0;
    std::uint32_t attempt = 0;
};

/// The ellipse of a cloud on a grid, with a margin around, so that the gaps of words may reach beyond the ellipse.
class CloudGrid {
  public:
    /// `margin`: at least the gap of any word, in pixels.
    CloudGrid(Size size, std::size_t margin);

    /// Without words.
    Bitmap empty() const { return {width_ + 2 * margin_, height_ + 2 * margin_}; }

    /// From the corner of the picture to a place on the grid, in points.
    Point point(GridPlace place) const;

    /// A place where `shape` lies inside the ellipse and keeps its gaps to what is set in `taken`: the first that is
    /// free along rings, ellipses, from the inside out. Their middle is that of the grid or, in two of three attempts,
    /// above or below it, which leaves one large room beside the heaviest word instead of two.
    std::optional<GridPlace> find(const Bitmap& taken, const GridShape& shape, const SearchOrder& order) const;

    /// How far what is set in `taken` can be moved towards the middle and still lies inside the ellipse, in points: all
    /// the way, or three, two or one quarter of it, or not at all.
    Point shift_to_middle(const Bitmap& taken) const;

  private:
    struct Offset {
        int x, y;
    };
    /// Columns of a row, the end excluded.
    struct Span {
        int begin, end;
    };
    static std::vector<Span> spans_of(const Bitmap& shape);
    std::vector<Span> corners_for(const Bitmap& shape) const;

    std::size_t width_, height_, margin_;
    std::vector<Span> inside_;                ///< the ellipse in each row of the picture
    std::vector<std::vector<Offset>> rings_;  ///< pixels from the middle
};

}  // namespace semscope::figures
