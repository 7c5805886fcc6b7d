#pragma once

#include "semscope/results/comparison_file.hpp"
#include "semscope/results/occlusion_file.hpp"

#include <filesystem>
#include <string>
#include <vector>

/// The texts that semscope-compare writes beside comparison.h5.
namespace semscope::comparison {

/// NAME.json, NAME.scenes.csv, NAME.classes.csv, NAME.images.csv and NAME.provenance.json for the file NAME.h5.
std::vector<std::filesystem::path> export_paths(const std::filesystem::path& comparison);

/// Writes them from a finished comparison file, each to its path with `suffix` added. Local; reads scene by scene, and
/// images in blocks. CSV is quoted as RFC 4180 has it; a number that is not one is an empty field in CSV and null in
/// JSON. Names in one field are parted by "; ". Throws IoError.
/// `run`: when, where and by which command the comparison was made; it goes to NAME.provenance.json.
void write_exports(const results::ComparisonReader& file, const results::Provenance& run,
                   const std::filesystem::path& comparison, const std::string& suffix);

}  // namespace semscope::comparison
