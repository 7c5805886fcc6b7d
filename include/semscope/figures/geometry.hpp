#pragma once

namespace semscope::figures {

// All lengths of a picture are in points, 1/72 inch; x grows to the right, y downwards.

struct Point {
    double x = 0;
    double y = 0;
};

struct Size {
    double width = 0;
    double height = 0;
};

/// A rectangle by its upper left corner and its size.
struct Rect {
    double x = 0;
    double y = 0;
    double width = 0;
    double height = 0;

    double right() const { return x + width; }
    double bottom() const { return y + height; }
    Point centre() const { return {x + width / 2, y + height / 2}; }
};

}  // namespace semscope::figures
