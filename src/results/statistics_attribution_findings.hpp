#pragma once

#include "semscope/core/errors.hpp"
#include "semscope/results/statistics_file.hpp"

#include <cstdint>
#include <string>

/// What check_statistics_content says of the parts that only files with attributions have. Local.
namespace semscope::results {

/// Means of areas and curves are probabilities in their intervals, curves of a kind meet at their ends, and the means
/// over all images are those of the scenes. Precondition: the file has curves.
void check_faithfulness(const StatisticsReader& file, Problems& problems);

/// Mean interactions of a scene are differences of probabilities in their intervals, over images that there are, their
/// pairs ascend, and q is not below p. Precondition: the file has interactions.
void check_interactions(const StatisticsReader& file, std::uint64_t scene, const std::string& name, Problems& problems);

}  // namespace semscope::results
