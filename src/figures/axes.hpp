#pragma once

#include "semscope/figures/canvas.hpp"
#include "semscope/figures/colour_map.hpp"

#include <string>
#include <vector>

namespace semscope::figures {

/// Round numbers for an axis: multiples of 1, 2 or 5 times a power of ten.
struct Ticks {
    std::vector<double> values;       ///< ascending, all inside the range
    std::vector<std::string> labels;  ///< the same number of decimals for all; a true minus sign
    double step = 0;                  ///< distance of two ticks
};

/// About `target` ticks inside `range`, between target / 2 and 2 * target when the range has a width. A range without
/// width gets one tick, its value. Throws InputError for a range that is not finite or upside down.
Ticks nice_ticks(ValueRange range, int target = 6);

/// The range widened to the next ticks outside it, so that an axis begins and ends with a number.
ValueRange to_ticks(ValueRange range, int target = 6);

/// A number with a fixed number of decimals and a true minus sign.
std::string decimal(double value, int decimals);

/// A number with about `digits` significant digits, without exponent where that is readable.
std::string significant(double value, int digits = 3);

/// Text sizes and colours that the charts share.
struct ChartStyle {
    static constexpr double title_size = 12;
    static constexpr double text_size = 9;
    static constexpr double caption_size = 7.5;
    static constexpr double margin = 10;
    static constexpr Rgb grey{90, 90, 90};
    static constexpr Rgb grid{225, 225, 225};
    static constexpr Rgb frame{60, 60, 60};
};

/// A chart of columns: one named place after another along x, a value axis along y, text above and below.
///
/// Lays itself out from the texts: nothing is cut off and nothing overlaps.
class Columns {
  public:
    struct Texts {
        std::string title;
        std::string subtitle;
        std::string value_label;  ///< along the value axis
        std::string caption;      ///< below the names, broken into lines
        std::vector<std::string> names;
    };

    /// `pitch` is the width of a column. `legend_width` is kept free at the right of the title.
    Columns(Texts texts, ValueRange range, double pitch, double legend_width, std::string font);

    Size size() const { return size_; }
    const Rect& plot() const { return plot_; }
    const std::string& title() const { return texts_.title; }
    Font font(double size, bool bold = false) const { return {font_, size, bold}; }

    /// Where column `index` has its middle.
    double x_of(std::size_t index) const;

    /// Where a value lies; values outside the range lie on its ends.
    double y_of(double value) const;

    bool shows(double value) const { return value >= range_.low && value <= range_.high; }

    /// Title, grid, value axis, names and caption. Draw it first: the columns go on top.
    void draw(Canvas& canvas) const;

  private:
    void draw_head(Canvas& canvas) const;
    void draw_value_axis(Canvas& canvas) const;
    void draw_names(Canvas& canvas) const;
    void draw_caption(Canvas& canvas) const;
    double names_height() const;
    double name_overhang() const;

    Texts texts_;
    ValueRange range_;
    double pitch_;
    std::string font_;
    Ticks ticks_;
    Rect plot_;
    Size size_;
    std::vector<std::string> caption_;
};

}  // namespace semscope::figures
