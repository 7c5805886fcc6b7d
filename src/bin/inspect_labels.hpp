#pragma once

#include "semscope/app/options.hpp"
#include "semscope/base/error.hpp"

#include <filesystem>
#include <vector>

namespace semscope::bin {

/// The options that inspect_labels needs beside its own: how label maps are read.
std::vector<app::OptionSpec> label_inspection_options();

/// True when the file begins as a PNG does.
bool is_png(const std::filesystem::path& path);

/// Prints the classes of a label PNG and their shares (--json: as JSON); with --figure draws them over the photo.
/// Throws InputError, UsageError, IoError.
ExitCode inspect_labels(const app::Options& options, const std::filesystem::path& path);

}  // namespace semscope::bin
