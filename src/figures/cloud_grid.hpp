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

/// The grid of a cloud with everything outside its ellipse set.
Bitmap outside_ellipse(Size size);

/// A place on the grid.
struct GridPlace {
    std::size_t x = 0;
    std::size_t y = 0;
};

/// Finds free places from the middle of the grid outwards, along rings that are ellipses.
class PlaceSearch {
  public:
    /// For grids of the size of `grid`.
    explicit PlaceSearch(const Bitmap& grid);

    /// The free place for the corner of `shape` on the innermost ring that has one. Where on the rings the search
    /// begins, and which way it runs, follows from `seed` and `which` (word and attempt).
    std::optional<GridPlace> find(const Bitmap& taken, const Bitmap& shape, std::uint64_t seed,
                                  std::array<std::uint32_t, 2> which) const;

  private:
    struct Offset {
        int x, y;
    };
    std::vector<std::vector<Offset>> rings_;  ///< pixels from the middle
};

/// How far the shapes of `taken` that are not in `empty` can be moved towards the middle of the grid without meeting
/// `empty`, in pixels: all the way, or three, two or one quarter of it, or not at all.
struct GridShift {
    int x = 0;
    int y = 0;
};
GridShift shift_to_middle(const Bitmap& taken, const Bitmap& empty);

}  // namespace semscope::figures
