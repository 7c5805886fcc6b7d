#pragma once

#include "semscope/inference/occluder.hpp"

#include <vector>

namespace semscope::inference {

/// What a forward costs in batches of some size.
struct BatchSpeed {
    int batch = 0;
    double seconds_per_forward = 0;  ///< infinite where the device has not enough memory
};

/// Runs `network` (whose own batch is passed over) in batches of a few sizes, for about a second in all on a GPU, a few
/// seconds on a CPU. The sizes are the same on every rank and run. Local. Throws what Occluder throws.
std::vector<BatchSpeed> measure_batches(const NetworkOptions& network);

/// The smallest size whose forwards cost at most 3 % more than the cheapest: small batches need less memory, and fewer
/// forwards of the last one are padding. `speeds` is not empty.
int choose_batch(const std::vector<BatchSpeed>& speeds);

}  // namespace semscope::inference
