#pragma once

#include "semscope/results/statistics_file.hpp"

#include <filesystem>
#include <string>
#include <vector>

/// The texts that semscope-reduce writes beside statistics.h5.
namespace semscope::statistics {

/// evaluation.json, scenes.csv, deviations.csv, scenes.json, provenance.json and, with curves, faithfulness.csv in the
/// folder of the statistics file.
std::vector<std::filesystem::path> export_paths(const std::filesystem::path& statistics, bool curves);

/// Writes them from a finished statistics file, each to its path with `suffix` added. Local; reads scene by scene.
/// CSV is quoted as RFC 4180 has it, lines end with a line feed; a number that is not one is an empty field in CSV and
/// null in JSON. Names in one field are parted by "; ". Throws IoError.
/// `run`: when, where and by which command the statistics were made; it goes to provenance.json.
void write_exports(const results::StatisticsReader& file, const results::Provenance& run,
                   const std::filesystem::path& statistics, const std::string& suffix);

}  // namespace semscope::statistics
