#pragma once

#include "semscope/comm/communicator.hpp"
#include "semscope/core/enumeration.hpp"
#include "semscope/figures/colour_map.hpp"
#include "semscope/results/occlusion_file.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace semscope::postprocess {

/// What has to be known of all images before the first map is drawn.
struct MapScan {
    std::vector<std::int32_t> scene;      ///< [N] true scene, -1 unknown
    std::vector<std::int32_t> predicted;  ///< [N] predicted scene, -1 for an image that is not done
    /// [C] range of the deviations, or Shapley values, painted in all maps of each scene: of its present classes, and 0
    /// where pixels are left that no class was inhibited in. {0, 0} for a scene without maps.
    std::vector<figures::ValueRange> ranges;
};

/// Scans this rank's share of the images: scene and predicted hold these alone. `crop_pixels`: pixels of a map.
/// `attribution`: whose values the ranges are of. `on_block` is called before each block is read. Local.
/// Throws InputError when a row of a done image is not a distribution.
MapScan scan_share(
    const results::OcclusionReader& file, std::uint64_t crop_pixels, const comm::Communicator& communicator,
    Attribution attribution = Attribution::occlusion, const std::function<void()>& on_block = [] {});

/// The scan of all images, of those of the ranks. Collective.
MapScan join_shares(const MapScan& share, const comm::Communicator& communicator);

/// The range of all maps of some scenes, those without maps left out; {0, 0} when none has any.
figures::ValueRange range_of_scenes(const MapScan& scan, const std::vector<std::uint64_t>& scenes);

/// An image whose map is drawn, and for which sets of its predicted scene.
struct MapJob {
    std::uint64_t image = 0;
    bool correct = false;
    bool predicted = false;
    bool operator==(const MapJob&) const = default;
};

/// What to draw of what there is.
struct MapSelection {
    std::vector<std::uint64_t> scenes;                 ///< ascending
    std::optional<std::vector<std::uint64_t>> images;  ///< ascending; nothing = all
    std::uint64_t limit = 0;                           ///< most images of a scene in each set; 0 = all
};

/// The maps to draw, by image. An image belongs to the set `predicted` of its predicted scene, and to `correct` of that
/// same scene when it is right. Of a set the first images count. Local, pure.
std::vector<MapJob> plan_maps(const MapScan& scan, const MapSelection& selection);

/// The images of a file by name.
class ImageNames {
  public:
    /// Reads all paths, and keeps 8 bytes of each. Local.
    explicit ImageNames(const results::OcclusionReader& file);

    /// The name of an image's pictures: the stem of its file, or, where images of several folders share that, its whole
    /// path without ending and with "-" for "/".
    std::string picture_name(const std::string& path) const;

    /// The images that are meant by any of `wanted`, path, file name or stem, ascending; nothing when `wanted` is
    /// empty. Throws UsageError that lists every name without image, with the nearest stems.
    std::optional<std::vector<std::uint64_t>> find(const std::vector<std::string>& wanted) const;

  private:
    const results::OcclusionReader& file_;
    std::vector<std::uint64_t> shared_stems_;  ///< hashes of stems that several images have, ascending
};

}  // namespace semscope::postprocess
