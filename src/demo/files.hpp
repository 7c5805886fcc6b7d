#pragma once

#include "semscope/demo/dataset.hpp"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace semscope::demo {

/// Makes `out` an empty place for a data set, or clears the one that is there. See write_dataset().
void prepare_folder(const std::filesystem::path& out, bool overwrite);

/// Throws IoError, naming the path, when the file cannot be written whole.
void write_file(const std::filesystem::path& path, std::string_view content);

/// Writes the photo and the label map of a validation picture and replaces the picture's photo by what a reader of the
/// JPEG file gets. Creates the folders.
void write_picture(const std::filesystem::path& out, const PictureRequest& request, Picture& picture);

/// `<scene>/<stem>` of a validation picture, without extension.
std::string name_of(const PictureRequest& request);

/// demo.cfg: ready for semscope-occlude, semscope-reduce and the drawing programs.
std::string configuration_text();

/// planted.json: what is true by construction, for checking the programs' findings.
std::string planted_text(std::uint64_t seed, std::span<const PictureRequest> validation, const DatasetReport& report);

}  // namespace semscope::demo
