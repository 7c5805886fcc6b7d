#pragma once

#include "dirty_pixels.hpp"
#include "kernel_names.hpp"

#include <algorithm>

namespace semscope::incremental {

/// One feature map of a group. Only dirty pixels have numbers of their own; the others are those of the photo.
struct DirtyMap {
    Shape shape;
    const DirtyPixels* dirty = nullptr;
    Buffer values;  ///< [1 + rows][channels], the first of zeros

    std::size_t rows() const noexcept { return dirty->rows(); }
    const std::vector<Pixel>& pixels() const noexcept { return dirty->pixels; }
    const std::int32_t* entry(const Pixel& pixel, int y, int x) const { return dirty->entry(pixel, y, x); }
    const float* numbers(std::int32_t of_row) const {
        return values.data() + static_cast<std::ptrdiff_t>(of_row) * shape.channels;
    }
    const float* numbers_at(const Pixel& pixel) const { return numbers(*entry(pixel, pixel.y, pixel.x)); }

    /// Room for the numbers of all rows.
    void make_values() {
        values = Buffer((rows() + 1) * static_cast<std::size_t>(shape.channels));
        std::fill_n(values.data(), shape.channels, 0.0F);
    }
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
inline RowPlaces places_of(const DirtyMap& map) {
    return {.zeros = map.values.data(), .own = map.values.data(), .channels = map.shape.channels};
}

}  // namespace semscope::incremental
