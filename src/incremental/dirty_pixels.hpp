#pragma once

#include "dirty_sets.hpp"
#include "graph.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace semscope::incremental {

/// Pixels around a map that windows see and that are 0.
struct Padding {
    int top = 0, left = 0, bottom = 0, right = 0;
};

struct Pixel {
    std::int32_t forward;
    std::int16_t y, x;
};

/// The photos and variants that are computed together. Each has a base, another forward of the same photo, whose
/// numbers it has where it changes none; through its bases each comes to the photo, which is its own base.
struct Group {
    std::vector<int> base;  ///< of each forward, the index of its base
    std::size_t forwards() const { return base.size(); }
    bool is_photo(std::size_t forward) const { return base[forward] == static_cast<int>(forward); }
    /// How many bases there are between each forward and its photo, and the photo: 0 for that itself.
    std::vector<int> depths() const;
};

/// Which pixels of maps have numbers of their own in the forwards of a group: all of a photo, and those of a variant
/// that differ from those of its base where a changed input pixel can reach them. They are the rows of a matrix.
struct DirtyPixels {
    int height = 0, width = 0;
    Padding padding;
    int padded_height = 0, padded_width = 0;
    std::vector<std::uint8_t> dirty;  ///< [forwards][height * width]; nothing is written of a photo
    std::vector<std::int32_t> row;  ///< [forwards][padded pixels]: the row of each pixel, where it is not dirty that of
                                    ///< its base; 0 = a row of zeros
    std::vector<Pixel> pixels;      ///< of the rows 1, 2, ...
    std::vector<std::size_t> first;  ///< [forwards + 1]: index in `pixels` where those of each forward begin

    std::size_t size() const noexcept { return static_cast<std::size_t>(height) * static_cast<std::size_t>(width); }
    std::size_t rows() const noexcept { return pixels.size(); }
    std::uint8_t* dirty_of(std::size_t forward) { return dirty.data() + forward * size(); }
    const std::uint8_t* dirty_of(std::size_t forward) const { return dirty.data() + forward * size(); }
    /// The entry of a pixel, which may be one of the padding.
    const std::int32_t* entry(const Pixel& pixel, int y, int x) const {
        const auto lines = static_cast<std::ptrdiff_t>(pixel.forward) * padded_height + y + padding.top;
        return row.data() + lines * padded_width + x + padding.left;
    }
};

/// The dirty pixels of all maps of a graph, once for maps that have the same ones.
class Layout {
  public:
    explicit Layout(const Graph& graph);

    /// For the forwards of a group, by so many threads. `dirty`: of the input, [forwards][pixels]; nothing is read
    /// of a photo, all of whose pixels are dirty.
    void lay_out(const Group& group, std::span<const std::uint8_t> dirty, int threads);

    const DirtyPixels& of_map(int map) const { return pixels_[static_cast<std::size_t>(sets_.of_map(map))]; }
    std::size_t bytes() const;

  private:
    void spread(std::size_t forward);
    void number(std::size_t forward, const Group& group);

    DirtySets sets_;
    std::vector<DirtyPixels> pixels_;  ///< of each set
};

}  // namespace semscope::incremental
