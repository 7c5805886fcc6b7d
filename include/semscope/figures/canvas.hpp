#pragma once

#include "semscope/figures/geometry.hpp"
#include "semscope/figures/image.hpp"
#include "semscope/figures/text.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace semscope::figures {

/// How a line is drawn.
struct Pen {
    Rgb colour = black;
    double width = 0.75;
    std::vector<double> dash = {};  ///< lengths of dashes and gaps; empty = solid
};

/// How an area is drawn: filled, outlined, or both.
struct Paint {
    std::optional<Rgb> fill = std::nullopt;
    std::optional<Pen> outline = std::nullopt;
    double opacity = 1;  ///< of the filling, above 0; below 1 what lies behind it shows
};

/// Which part of a text its position names.
enum class Anchor { start, middle, end };

struct TextStyle {
    Font font = {};
    Rgb colour = black;
    Anchor anchor = Anchor::start;
    double rotation = 0;                     ///< degrees, anticlockwise, about the position
    std::optional<Rgb> halo = std::nullopt;  ///< a contour behind the glyphs, to read them on any ground
    double halo_width = 1.2;                 ///< how far the contour reaches beyond the glyphs
};

/// How an image is enlarged.
enum class Sampling { nearest, smooth };

/// What a group of shapes stands for. SVG keeps it as attributes and a tooltip; PNG and PDF ignore it.
struct Note {
    std::string kind;                                       ///< class attribute, for instance "box"
    std::string title;                                      ///< tooltip; none when empty
    std::vector<std::pair<std::string, std::string>> data;  ///< attributes data-<first>="<second>"
};

/// What pictures are drawn on, the same for PNG, SVG and PDF. Made by render() in picture.hpp.
class Canvas {
  public:
    Canvas() = default;
    Canvas(const Canvas&) = delete;
    Canvas& operator=(const Canvas&) = delete;
    virtual ~Canvas() = default;

    virtual void line(Point from, Point to, const Pen& pen) = 0;
    /// Straight lines from point to point, as one stroke.
    virtual void path(const std::vector<Point>& points, const Pen& pen) = 0;
    virtual void rectangle(const Rect& area, const Paint& paint) = 0;
    virtual void polygon(const std::vector<Point>& corners, const Paint& paint) = 0;
    virtual void circle(Point centre, double radius, const Paint& paint) = 0;

    /// One line of text; `position` is on its baseline.
    virtual void text(Point position, const std::string& text, const TextStyle& style) = 0;

    /// An image that fills `area`. Throws InputError for a malformed image.
    virtual void image(const Rect& area, const data::Image& image, Sampling sampling) = 0;

    /// Starts and ends a group; they nest. Use Group.
    virtual void begin_group(const Note& note) = 0;
    virtual void end_group() = 0;
};

/// A group of shapes that lasts as long as this object.
class Group {
  public:
    Group(Canvas& canvas, const Note& note) : canvas_(canvas) { canvas_.begin_group(note); }
    ~Group() { canvas_.end_group(); }
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;

  private:
    Canvas& canvas_;
};

/// A number with as many digits as it takes to read back the same number ("nan", "inf" included).
std::string exact(double value);

}  // namespace semscope::figures
