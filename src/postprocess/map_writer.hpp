#pragma once

#include "map_plan.hpp"
#include "selection.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/data/pictures.hpp"
#include "semscope/data/preprocess.hpp"
#include "semscope/figures/deviation_map.hpp"
#include "semscope/results/occlusion_file.hpp"

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace semscope::postprocess {

/// Where the pictures behind an occlusion file are, and how they were read for it.
struct MapPlaces {
    data::Photos photos;
    data::LabelMaps labels;
    data::Geometry geometry;
    std::uint32_t min_pixels = 1;
};

/// Everything that is drawn of one image.
struct MapPicture {
    std::string path;
    figures::Panel panel;       ///< scale, scene_range and font are left to the caller
    std::string missing_photo;  ///< why the panel has no photo; "" when it has
};

/// The label map has not the classes that the file recorded of it.
class ChangedLabelMap : public InputError {
  public:
    using InputError::InputError;
};

/// Reads images of an occlusion file with their photos and label maps, cropped as the network saw them. Local.
class MapSource {
  public:
    /// `file` must outlive this.
    MapSource(const results::OcclusionReader& file, MapPlaces places);

    const std::vector<std::string>& scenes() const noexcept { return scenes_; }

    /// Path of an image, as listed.
    std::string path(std::uint64_t image) const { return file_.image_paths({image, image + 1})[0]; }

    /// Deviations of the predicted scene `scene` by class; 0 for the classes that the image has not got.
    /// Throws InputError when the label map cannot be read, ChangedLabelMap when it is not the one that was used.
    MapPicture read(std::uint64_t image, std::uint32_t scene) const;

  private:
    figures::LabelImage read_labels(const std::string& path, std::uint64_t image, results::Range variants) const;
    std::optional<figures::RgbImage> read_photo(const std::string& path, std::string& fault) const;

    const results::OcclusionReader& file_;
    MapPlaces places_;
    std::vector<std::string> scenes_;
    std::vector<std::string> semantics_;
};

/// How maps are drawn and where they go.
struct MapStyle {
    Output output;
    std::vector<figures::Format> formats;  ///< of the panels; the map alone is always a PNG
    figures::MapScale scale = figures::MapScale::image;
    std::shared_ptr<const ImageNames> names;
};

/// What could not be drawn, a line each.
struct MapFaults {
    std::vector<std::string> missing_photos;   ///< the panel says so
    std::vector<std::string> unreadable_maps;  ///< no picture
    std::vector<std::string> changed_maps;     ///< no picture
};

/// Draws maps: figures/sdm/<scene>/{correct,predicted}/<name>.png, the map alone with a pixel for a pixel of the crop,
/// and <name>.panel.<format>. Local. All arguments must outlive this.
class MapWriter {
  public:
    MapWriter(const MapSource& source, const MapScan& scan, const MapStyle& style);

    /// The files that these maps go to.
    std::vector<std::filesystem::path> files(std::span<const MapJob> jobs) const;

    /// Draws map and panel once and writes them to each set that the job names. A fault of the input is recorded and
    /// passed over. Throws IoError when a picture cannot be written.
    void draw(const MapJob& job);

    const MapFaults& faults() const noexcept { return faults_; }

  private:
    /// Where the pictures of a job go, without ending: one path a set.
    std::vector<std::filesystem::path> bases(const MapJob& job) const;
    void write(const MapJob& job, figures::Panel panel) const;

    const MapSource& source_;
    const MapScan& scan_;
    const MapStyle& style_;
    MapFaults faults_;
};

}  // namespace semscope::postprocess
