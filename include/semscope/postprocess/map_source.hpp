#pragma once

#include "semscope/core/enumeration.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/data/pictures.hpp"
#include "semscope/data/preprocess.hpp"
#include "semscope/figures/panel.hpp"
#include "semscope/results/occlusion_file.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace semscope::postprocess {

/// Where the pictures behind an occlusion file are, and how they were read for it.
struct MapPlaces {
    data::Photos photos;
    data::LabelMaps labels;
    data::Geometry geometry;
    std::uint32_t min_pixels = 1;
    Area area = Area::crop;                            ///< what is drawn
    Attribution attribution = Attribution::occlusion;  ///< what the maps show
};

/// Everything that is drawn of one image.
struct MapPicture {
    std::string path;
    figures::Panel panel;       ///< scale, ranges, width, legend and font are left to the caller
    std::string missing_photo;  ///< why the panel has no photo; "" when it has
};

/// The label map does not have the classes that the file recorded of it.
class ChangedLabelMap : public InputError {
  public:
    using InputError::InputError;
};

/// d_s(scene) of every class of an image that was inhibited, or its Shapley value, in the order of the variants. Local.
/// Throws InputError when the file does not have them. Precondition: scene < C.
std::vector<float> attributions_of(const results::OcclusionReader& file, std::uint64_t image, std::uint64_t scene,
                                   Attribution attribution);

/// Reads images of an occlusion file with their photos and label maps, cropped as the network saw them or, with
/// Area::full, as stored. Local.
class MapSource {
  public:
    /// `file` must outlive this.
    MapSource(const results::OcclusionReader& file, MapPlaces places);

    const std::vector<std::string>& scenes() const noexcept { return scenes_; }

    /// Path of an image, as listed.
    std::string path(std::uint64_t image) const { return file_.image_paths({image, image + 1})[0]; }

    /// Deviations or Shapley values of the predicted scene `scene` by class; 0 for the classes that the image does not
    /// have.
    /// Throws InputError when the label map cannot be read, ChangedLabelMap when it is not the one that was used.
    MapPicture read(std::uint64_t image, std::uint32_t scene) const;

    /// The label map of an image, cropped. Throws as read().
    figures::LabelImage read_labels(const std::string& path, std::uint64_t image, results::Range variants) const;

    /// The photo, cropped; nothing when it cannot be read, and `fault` says why.
    std::optional<figures::RgbImage> read_photo(const std::string& path, std::string& fault) const;

    /// The photo, cropped or as stored, as MapPlaces::area says; nothing when it cannot be read, and `fault` says why.
    std::optional<figures::RgbImage> photo(const std::string& path, std::string& fault) const;

  private:
    /// The label map as stored, after a check that its crop is the one that was used.
    data::LabelMap read_map(const std::string& path, std::uint64_t image, results::Range variants) const;
    std::optional<data::Image> read_stored_photo(const std::string& path, std::string& fault) const;
    void add_pictures(MapPicture& picture, std::uint64_t image, results::Range variants) const;

    const results::OcclusionReader& file_;
    MapPlaces places_;
    std::vector<std::string> scenes_;
    std::vector<std::string> semantics_;
};

/// What could not be drawn, a line each.
struct MapFaults {
    std::vector<std::string> missing_photos;   ///< the panel says so
    std::vector<std::string> unreadable_maps;  ///< no picture
    std::vector<std::string> changed_maps;     ///< no picture
};

}  // namespace semscope::postprocess
