#pragma once

#include "semscope/core/errors.hpp"
#include "semscope/results/occlusion_reader.hpp"

#include <filesystem>
#include <string>

/// What semscope-inspect says of an occlusion file.
namespace semscope::inspection {

/// A page for people: extents, progress, accuracy, provenance.
std::string occlusion_summary(const results::OcclusionReader& file);

/// The same as JSON.
std::string occlusion_json(const results::OcclusionReader& file);

/// Prints what is wrong with the content; done when nothing is, else bad_input.
ExitCode check_occlusion(const results::OcclusionReader& file, const std::filesystem::path& path);

}  // namespace semscope::inspection
