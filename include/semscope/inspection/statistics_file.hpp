#pragma once

#include "semscope/core/errors.hpp"
#include "semscope/results/statistics_reader.hpp"

#include <filesystem>
#include <string>

/// What semscope-inspect says of a statistics file.
namespace semscope::inspection {

/// A page for people: the evaluation table, extents, thresholds, provenance.
std::string statistics_summary(const results::StatisticsReader& file);

/// The same as JSON.
std::string statistics_json(const results::StatisticsReader& file);

/// The classes of a scene, ranked by mean deviation, with a small bar each. Throws InputError for an unknown name.
std::string scene_table(const results::StatisticsReader& file, const std::string& name);

/// Prints what is wrong with the content; done when nothing is, else bad_input.
ExitCode check_statistics(const results::StatisticsReader& file, const std::filesystem::path& path);

}  // namespace semscope::inspection
