#pragma once

#include "semscope/results/statistics_file.hpp"

#include <filesystem>
#include <string>
#include <vector>

/// The texts that semscope-reduce writes beside statistics.h5.
namespace semscope::statistics {

/// What of the attributions a statistics file, or the occlusion file that it is made of, has.
struct AttributionParts {
    bool shapley = false;
    bool curves = false;
    bool interactions = false;
};

/// evaluation.json, scenes.csv, deviations.csv, scenes.json, provenance.json, images.csv and, as far as the file has
/// those parts, shapley.csv, faithfulness.csv and interactions.csv in the folder of the statistics file.
std::vector<std::filesystem::path> export_paths(const std::filesystem::path& statistics, const AttributionParts& parts);

/// Writes them from a finished statistics file, each to its path with `suffix` added. Local; reads scene by scene.
/// CSV is quoted as RFC 4180 has it, lines end with a line feed; a number that is not one is an empty field in CSV and
/// null in JSON. Names in one field are parted by "; ". Throws IoError.
/// `run`: when, where and by which command the statistics were made; it goes to provenance.json.
void write_exports(const results::StatisticsReader& file, const results::Provenance& run,
                   const std::filesystem::path& statistics, const std::string& suffix);

}  // namespace semscope::statistics
