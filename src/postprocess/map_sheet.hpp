#pragma once

#include "map_plan.hpp"
#include "map_writer.hpp"
#include "semscope/postprocess/map_source.hpp"
#include "semscope/results/occlusion_file.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace semscope::postprocess {

/// The most typical images of a scene, at most `most`: of its correct predictions, or of all images predicted as it
/// where none is correct, those whose deviations of the scene, or Shapley values, absent classes counting 0, are
/// nearest to the mean of these images (Euclidean distance; of equals the first). Empty when no image is predicted as
/// the scene. Local.
std::vector<std::uint64_t> typical_images(const results::OcclusionReader& file, const MapScan& scan,
                                          std::uint64_t scene, std::size_t most, Attribution attribution);

/// Draws a row for each scene, in their order, and writes sdm/sheet.<format>. `images`: those of figures.image, of
/// which the first that is predicted as the scene is shown; nothing = the most typical one. Local, for one rank. Throws
/// InputError when a scene has no image, or one cannot be read.
void draw_sheet(const results::OcclusionReader& file, const MapSource& source, const MapScan& scan,
                const MapStyle& style, const std::vector<std::uint64_t>& scenes,
                const std::optional<std::vector<std::uint64_t>>& images);

/// The files of the sheet.
std::vector<std::filesystem::path> sheet_files(const MapStyle& style);

}  // namespace semscope::postprocess
