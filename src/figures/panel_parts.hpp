#pragma once

#include "regions.hpp"
#include "semscope/figures/canvas.hpp"
#include "semscope/figures/panel.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace semscope::figures {

/// The pictures of one image, worked out once: photo, segmentation with names, score deviation map.
struct PanelParts {
    Panel panel;
    MapColours colours;
    Size image;  ///< of each picture, in points
    data::Image segmentation;
    data::Image map;
    std::vector<RegionName> names;
    std::vector<RegionName> numbers;  ///< of regions whose name does not fit, once number_regions() was called

    /// How names are written into the regions.
    NameOptions name_options() const;
};

/// Throws InputError when labels, deviations and names do not fit each other.
PanelParts panel_parts(Panel panel, const Palette& palette, const MapColours& colours, Size room);

/// The largest size with the proportions of `image` inside `room`.
Size inside(Size room, data::ImageSize image);

/// The range of a panel's own deviations.
ValueRange own_range(const Panel& panel);

/// "Scene: office · Predicted: office, p = 0.912".
std::string title_of(const Panel& panel);

// Each draws one picture; `caption` "" = none.
void draw_photo(Canvas& canvas, const PanelParts& parts, const Rect& area, const std::string& caption);
void draw_segmentation(Canvas& canvas, const PanelParts& parts, const Rect& area, const std::string& caption);
void draw_map(Canvas& canvas, const PanelParts& parts, const Rect& area, const std::string& caption);

/// Explains numbers, hatching and frames below the pictures: a swatch, a number and a name for each class.
class ClassLegend {
  public:
    /// Numbers the classes that some of `all` has a region of without a name, ascending, and writes the numbers into
    /// the regions.
    ClassLegend(std::vector<PanelParts*> all, const Palette& palette, double width, std::string font);

    double height() const;
    void draw(Canvas& canvas, Point corner) const;

  private:
    /// What one entry shows: a colour and a number, or one of two signs.
    struct Entry {
        enum class Sign { colour, hatching, frame } sign = Sign::colour;
        Rgb colour;
        std::string text;
        Point place;  ///< of its upper left corner, from that of the legend
    };

    void add(Entry entry);

    double width_;
    std::string font_;
    std::vector<Entry> entries_;
};

}  // namespace semscope::figures
