#pragma once

#include "semscope/cli/options.hpp"
#include "semscope/cli/settings.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/results/comparison_file.hpp"
#include "semscope/results/occlusion_file.hpp"
#include "semscope/results/statistics_file.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace semscope::inspection {

/// What semscope-inspect is asked for.
struct InspectionSettings {
    std::filesystem::path file;
    bool json = false;
    bool digest = false;
    bool check = false;
    std::string scene;
    std::optional<std::filesystem::path> figure;
    std::optional<std::filesystem::path> photo;
    cli::Settings shared;  ///< how label maps are read, and whether a figure may be replaced
};

/// The options of semscope-inspect, which set `settings`. Local.
cli::Options inspection_options(InspectionSettings& settings);

/// True when the file begins as a PNG does.
bool is_png(const std::filesystem::path& path);

/// Prints the classes of the label PNG settings.file and their shares (--json: as JSON); with --figure draws them over
/// the photo. Throws InputError, UsageError, IoError.
ExitCode inspect_labels(const InspectionSettings& settings);

/// A page for people: extents, progress, accuracy, provenance.
std::string occlusion_summary(const results::OcclusionReader& file);

/// The same as JSON.
std::string occlusion_json(const results::OcclusionReader& file);

/// Prints what is wrong with the content; done when nothing is, else bad_input.
ExitCode check_occlusion(const results::OcclusionReader& file, const std::filesystem::path& path);

/// A page for people: the evaluation table, extents, thresholds, provenance.
std::string statistics_summary(const results::StatisticsReader& file);

/// The same as JSON.
std::string statistics_json(const results::StatisticsReader& file);

/// The classes of a scene, ranked by mean deviation, with a small bar each. Throws InputError for an unknown name.
std::string scene_table(const results::StatisticsReader& file, const std::string& name);

/// Prints what is wrong with the content; done when nothing is, else bad_input.
ExitCode check_statistics(const results::StatisticsReader& file, const std::filesystem::path& path);

/// A page for people: what agrees, the scenes, the provenance of both files.
std::string comparison_summary(const results::ComparisonReader& file);

/// The same as JSON.
std::string comparison_json(const results::ComparisonReader& file);

/// Prints what is wrong with the content; done when nothing is, else bad_input.
ExitCode check_comparison(const results::ComparisonReader& file, const std::filesystem::path& path);

}  // namespace semscope::inspection
