#pragma once

#include "semscope/cli/options.hpp"
#include "semscope/cli/settings.hpp"
#include "semscope/cli/watched_run.hpp"
#include "semscope/core/errors.hpp"

#include <array>
#include <filesystem>
#include <string>

namespace semscope::comparison {

/// The options of semscope-compare, which set `settings`. Local.
cli::Options job_options(cli::Settings& settings);

/// What two files are called in tables and pictures: the last parts of their paths that differ, without the ending .h5;
/// "first" and "second" where none differs. Local, pure.
std::array<std::string, 2> labels_of(const std::filesystem::path& first, const std::filesystem::path& second);

/// The whole job of semscope-compare. It checks both occlusion files and the output paths, compares the files, draws
/// the pictures, writes the comparison file and the texts beside it under their lock, and prints the table. Collective.
/// Throws AgreedError, the same on all ranks, when the input is bad, the files are not of the same images and tables,
/// or a file cannot be written; the temporary files are then removed.
ExitCode run_job(const cli::RunContext& context);

}  // namespace semscope::comparison
