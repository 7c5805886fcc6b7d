#pragma once

#include "semscope/core/errors.hpp"
#include "semscope/results/occlusion_file.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace semscope::results {

/// What is known of a block of images before its attributions are checked.
struct CheckedBlock {
    Range images;
    std::span<const std::uint64_t> offsets;      ///< [images+1] of their variants
    std::span<const std::uint8_t> status;        ///< [images]
    std::span<const std::int32_t> scene;         ///< [images]
    std::span<const float> probability;          ///< [images,C]
    std::span<const float> variant_probability;  ///< [variants,C]
};

/// Adds what is wrong with the attributions of a block, as far as the file has any: Shapley values that do not sum to
/// p - p_empty within 1e-5, curves that do not go from p to p_empty over the classes of the image, areas that are not
/// those of the curves within 1e-5, pairs that are not those of the classes. Local.
void check_attributions(const OcclusionReader& file, const CheckedBlock& block, Problems& problems);

}  // namespace semscope::results
