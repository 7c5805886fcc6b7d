#pragma once

#include "semscope/figures/geometry.hpp"
#include "semscope/figures/image.hpp"
#include "semscope/figures/text.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace semscope::figures {

/// How names are written into the regions of a segmentation.
struct NameOptions {
    std::string family{default_font};
    double scale = 1;     ///< points a label pixel
    double smallest = 6;  ///< font sizes tried, in points
    double largest = 10;
    double rim = 2;             ///< points kept free around the glyphs, for the halo
    double area_share = 0.006;  ///< smaller regions, as a share of the map, get no name
};

/// A name inside a region. Lengths in points from the map's upper left corner.
struct RegionName {
    std::string text;
    std::uint16_t label = 0;
    std::size_t region = 0;  ///< index in find_regions()
    Font font;
    Point baseline;  ///< where the text starts
    Rect box;        ///< the glyphs and the rim around them; lies inside one region
};

/// Writes the short name of its class into each connected region where it fits, as large as fits, where it has most
/// room. Unlabelled pixels get none. As every box lies inside its own region, names never overlap.
/// `names` is indexed by class; throws InputError when the map has a class without name.
std::vector<RegionName> place_names(const data::LabelMap& labels, std::span<const std::string> names,
                                    const NameOptions& options);

/// The classes that need a line in a legend: those with a region of at least a two-thousandth of the map, or all of
/// their regions, without a name. Ascending.
std::vector<std::uint16_t> unnamed_classes(const data::LabelMap& labels, std::span<const RegionName> named);

/// Writes the number of its class into each region without a name that is large enough for it. `number_of`: by class, 0
/// = none.
std::vector<RegionName> place_numbers(const data::LabelMap& labels, std::span<const RegionName> named,
                                      std::span<const std::size_t> number_of, const NameOptions& options);

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

Regions find_regions(const data::LabelMap& labels);

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

}  // namespace semscope::figures
