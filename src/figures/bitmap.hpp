#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace semscope::figures {

/// Black and white pixels, 64 in a machine word, made for asking quickly whether two shapes meet.
class Bitmap {
  public:
    Bitmap(std::size_t width, std::size_t height);

    std::size_t width() const { return width_; }
    std::size_t height() const { return height_; }

    bool get(std::size_t x, std::size_t y) const { return (row(y)[x / 64] >> (x % 64) & 1U) != 0; }
    void set(std::size_t x, std::size_t y) { bits_[y * stride_ + x / 64] |= std::uint64_t{1} << (x % 64); }

    std::size_t count() const;

    /// The shape with every pixel grown to an ellipse of these radii; the result is larger by as much on each side.
    Bitmap grown(std::size_t radius_x, std::size_t radius_y) const;

    /// Whether `shape`, with its corner at (x, y), covers a pixel that is set here. The shape must lie inside.
    bool meets(const Bitmap& shape, std::size_t x, std::size_t y) const;

    /// Sets the pixels of `shape`, with its corner at (x, y). The shape must lie inside.
    void add(const Bitmap& shape, std::size_t x, std::size_t y);

  private:
    const std::uint64_t* row(std::size_t y) const { return &bits_[y * stride_]; }
    bool row_meets(const Bitmap& shape, std::size_t shape_row, std::size_t x, std::size_t y) const;

    std::size_t width_, height_;
    std::size_t words_;   ///< that hold pixels of a row
    std::size_t stride_;  ///< one more, so that a shifted row never runs into the next
    std::vector<std::uint64_t> bits_;
};

}  // namespace semscope::figures
