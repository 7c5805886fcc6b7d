#pragma once

#include "semscope/dataset/image.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace semscope::segmentation {

/// What is known of a photo before its pixels are read.
struct Photo {
    dataset::ImageSize stored;
    dataset::ImageSize input;  ///< as the network sees it
    bool pending = true;       ///< its label map is not there yet
};

/// Photos of one input size that go through the network together. The forward has the shape
/// [length,3,input.height,input.width]; where there are fewer images the rest is padding.
struct Batch {
    dataset::ImageSize input;
    std::size_t length = 1;
    std::vector<std::uint64_t> images;
};

/// The size that a photo is brought to: shorter side to `shorter` pixels, 0 = kept. Local, pure.
dataset::ImageSize input_size(dataset::ImageSize stored, int shorter);

/// The pending photos in batches of at most `most`. Photos of one size go together, whatever stands between them in the
/// list; the length of their batches is `most`, or the number of photos of that size in the whole list, pending or not,
/// when that is less: so the shape of a photo's forward depends on the list alone, and neither on the number of ranks
/// nor on what was done before. Local, pure.
std::vector<Batch> make_batches(std::span<const Photo> photos, std::size_t most);

/// Cuts the batches into one contiguous range a rank with nearly equal numbers of pixels: ranks + 1 boundaries, rank r
/// gets [result[r], result[r + 1]). Local, pure.
std::vector<std::uint64_t> share_batches(std::span<const Batch> batches, int ranks);

}  // namespace semscope::segmentation
