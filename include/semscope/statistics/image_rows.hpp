#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace semscope::statistics {

/// The occlusion matrix of one image without its redundant rows: p, and p_s of the present classes s. A row of an
/// absent class equals p. Refers to arrays that somebody else owns.
struct ImageRows {
    std::span<const float> probability;          ///< p [C]
    std::span<const std::uint16_t> semantic;     ///< the V present classes, ascending, each in 1..S-1
    std::span<const float> variant_probability;  ///< p_s [V,C], in the order of `semantic`

    std::size_t scenes() const noexcept { return probability.size(); }
    std::size_t variants() const noexcept { return semantic.size(); }
    /// p_s of the variant `index`, 0 <= index < V.
    std::span<const float> variant(std::size_t index) const {
        return variant_probability.subspan(index * scenes(), scenes());
    }
};

}  // namespace semscope::statistics
