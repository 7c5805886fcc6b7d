#pragma once

#include "semscope/figure/image.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace semscope::figure {

/// A connected area of one class (neighbours share an edge), with its bounding box in pixels.
struct Region {
    std::uint16_t label = 0;
    std::size_t area = 0;
    std::size_t left = 0, top = 0, right = 0, bottom = 0;  ///< first and one past the last column and row
};

/// The regions of a label map: `owner` holds for each pixel the index into `list`.
struct Regions {
    std::vector<Region> list;
    std::vector<std::uint32_t> owner;
};

Regions find_regions(const LabelImage& labels);

/// Upper left corner of a rectangle, in pixels.
struct Corner {
    std::size_t x = 0;
    std::size_t y = 0;
};

/// Finds room for rectangles inside one region.
class RegionRoom {
  public:
    /// `width` is that of the label map.
    RegionRoom(const Regions& regions, std::size_t index, std::size_t width);

    /// Where a rectangle of the given size lies inside the region with the widest rim of the region all around it;
    /// nothing when it does not fit.
    std::optional<Corner> best(std::size_t width, std::size_t height) const;

  private:
    std::optional<Corner> fit(std::size_t width, std::size_t height) const;

    Region region_;
    std::size_t columns_, rows_;
    std::vector<std::uint32_t> sums_;  ///< summed-area table over the bounding box, one row and column larger
};

}  // namespace semscope::figure
