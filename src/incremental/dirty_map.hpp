#pragma once

#include "graph.hpp"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>
#include <vector>

namespace semscope::incremental {

/// Numbers that begin at a cache line and are not cleared.
template <class Number>
class BufferOf {
  public:
    BufferOf() = default;
    explicit BufferOf(std::size_t size) : size_(size) {
        constexpr std::size_t cache_line = 64;
        const std::size_t bytes = (size * sizeof(Number) + cache_line) / cache_line * cache_line;
        data_.reset(static_cast<Number*>(std::aligned_alloc(cache_line, bytes)));
        if (!data_) throw std::bad_alloc();
    }
    Number* data() noexcept { return data_.get(); }
    const Number* data() const noexcept { return data_.get(); }
    std::size_t size() const noexcept { return size_; }

  private:
    struct Free {
        void operator()(Number* memory) const noexcept { std::free(memory); }
    };
    std::unique_ptr<Number[], Free> data_;
    std::size_t size_ = 0;
};
using Buffer = BufferOf<float>;

/// Pixels around a map that windows see and that are 0.
struct Padding {
    int top = 0, left = 0, bottom = 0, right = 0;
};

/// What the readers of each map need around it.
std::vector<Padding> find_padding(const Graph& graph);

struct Pixel {
    std::int32_t forward;
    std::int16_t y, x;
};

/// The photos and variants that are computed together. A photo stands before its variants and is its own base.
struct Group {
    std::vector<int> base;  ///< of each forward, the index of its photo
    std::size_t forwards() const { return base.size(); }
    bool is_photo(std::size_t forward) const { return base[forward] == static_cast<int>(forward); }
};

/// One feature map of a group. Only dirty pixels have numbers of their own: all of a photo, and those of a variant that
/// a changed input pixel can reach. The others are those of the photo.
struct DirtyMap {
    Shape shape;
    Padding padding;
    int padded_height = 0, padded_width = 0;
    std::vector<std::uint8_t> dirty;  ///< [forwards][height * width]
    std::vector<std::int32_t> row;    ///< [forwards][padded pixels]: the row of each pixel; 0 = a row of zeros
    std::vector<Pixel> pixels;        ///< of the rows 1, 2, ...
    std::vector<std::size_t> first;   ///< [forwards + 1]: index in `pixels` where those of each forward begin
    Buffer values;                    ///< [rows][channels]

    DirtyMap() = default;
    DirtyMap(const Shape& of, const Padding& around, std::size_t forwards);

    std::size_t rows() const noexcept { return pixels.size(); }
    std::uint8_t* dirty_of(std::size_t forward) { return dirty.data() + forward * shape.pixels(); }
    const std::uint8_t* dirty_of(std::size_t forward) const { return dirty.data() + forward * shape.pixels(); }
    /// The entry of a pixel, which may be one of the padding.
    const std::int32_t* entry(const Pixel& pixel, int y, int x) const {
        const auto lines = static_cast<std::ptrdiff_t>(pixel.forward) * padded_height + y + padding.top;
        return row.data() + lines * padded_width + x + padding.left;
    }
    const float* numbers(std::int32_t of_row) const {
        return values.data() + static_cast<std::ptrdiff_t>(of_row) * shape.channels;
    }
    const float* numbers_at(const Pixel& pixel) const { return numbers(*entry(pixel, pixel.y, pixel.x)); }

    /// Gives the dirty pixels their rows.
    void lay_out(const Group& group);
    /// Room for the numbers of all rows.
    void make_values();
};

/// Where the numbers of rows lie as one forward sees them: those of its photo and its own may lie apart.
struct RowPlaces {
    const float* zeros = nullptr;
    const float* photo = nullptr;  ///< row `first_of_photo`
    const float* own = nullptr;    ///< row `first_own`; the later ones follow
    std::int32_t first_of_photo = 0, first_own = 0;
    std::ptrdiff_t channels = 0;

    const float* numbers(std::int32_t row) const {
        if (row >= first_own) return own + (row - first_own) * channels;
        return row >= first_of_photo ? photo + (row - first_of_photo) * channels : zeros;
    }
};

/// Of a map with values.
RowPlaces places_of(const DirtyMap& map);

/// Which output pixels of an operation change with the dirty pixels of its inputs; `output` is that of the operation,
/// with a mask of its size.
void spread(const Operation& operation, const Group& group, const std::vector<DirtyMap>& maps, DirtyMap& output);

}  // namespace semscope::incremental
