#pragma once

#include "semscope/core/errors.hpp"
#include "semscope/inspection/settings.hpp"

#include <filesystem>

namespace semscope::inspection {

/// True when the file begins as a PNG does.
bool is_png(const std::filesystem::path& path);

/// Prints the classes of the label PNG settings.file and their shares (--json: as JSON); with --figure draws them over
/// the photo. Throws InputError, UsageError, IoError.
ExitCode inspect_labels(const InspectionSettings& settings);

}  // namespace semscope::inspection
