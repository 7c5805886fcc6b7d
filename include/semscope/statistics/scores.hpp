#pragma once

#include <cstdint>
#include <span>

namespace semscope::statistics {

/// The index of the largest entry of `row`; of equal entries the lowest index, as numpy.argmax has it. The predicted
/// scene of a row of probabilities. Precondition: row is not empty and holds no NaN.
std::uint32_t argmax(std::span<const float> row);

/// The place of `scene` in the order of falling probability, from 0: the number of scenes with a larger probability,
/// plus those with the same one and a lower index. 0 exactly when `scene` is the argmax, so that Top-1 and the
/// prediction agree. Precondition: scene < row.size(), no NaN.
std::uint32_t position_of(std::span<const float> row, std::uint32_t scene);

/// Whether every entry lies in [0, 1]; false for NaN. What a reader checks before it trusts a row of a file.
bool is_probability_row(std::span<const float> row);

/// Whether the row is a probability row that sums to 1 within 1e-3, as an occlusion file promises.
bool is_distribution(std::span<const float> row);

}  // namespace semscope::statistics
