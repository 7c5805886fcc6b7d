#pragma once

#include "watched_run.hpp"
#include "wiring.hpp"

namespace semscope::bin {

/// Replaces run.batch = auto by a number, the same on every rank: the one in the file that is resumed, else the fastest
/// on the slowest rank of a few sizes, which are measured with the network. When the network does not work, the usual
/// size is taken and the network's own check tells what is wrong. Collective.
void settle_batch(const Watch& watch, const wiring::Placement& placement, std::size_t scenes);

}  // namespace semscope::bin
