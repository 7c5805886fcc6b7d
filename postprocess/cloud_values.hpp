#pragma once

#include "semscope/results/statistics_reader.hpp"

#include <cstdint>
#include <vector>

namespace semscope::postprocess {

/// Which classes of a scene a word cloud is made of.
enum class CloudSet {
    relevant,     ///< by their mean deviation over the correct predictions, where that is positive
    distracting,  ///< by how much they distract, see distracting_value()
};

/// How much a class distracts, from 0 to 1: the share of the scene's missed images that become right without it (its
/// flips), or how far its mean deviation lies below 0, whichever is more; 0 unless it belongs to the distracting set.
double distracting_value(std::uint32_t flips, std::uint32_t missed, double mean, double threshold);

/// For each class what its word counts in the cloud of a scene; 0 or NaN where it has none.
std::vector<double> cloud_values(const results::StatisticsReader& file, std::uint64_t scene, CloudSet set);

}  // namespace semscope::postprocess
