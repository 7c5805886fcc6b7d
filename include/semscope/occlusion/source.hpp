#pragma once

#include "semscope/core/prefetcher.hpp"
#include "semscope/data/image_list.hpp"
#include "semscope/data/label_map.hpp"
#include "semscope/data/pictures.hpp"
#include "semscope/data/preprocess.hpp"
#include "semscope/network/occluder.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace semscope::occlusion {

/// Where the photos and label maps of a run come from, and how they are read.
struct Source {
    data::ImageList images;
    data::Photos photos;
    data::LabelMaps labels;
    data::Geometry geometry;
    std::uint32_t min_pixels = 1;  ///< classes with fewer pixels in the crop are not inhibited
    std::size_t semantics = 0;     ///< S

    std::string photo_name(std::size_t image) const { return photos.name(images.path(image)); }
    std::string label_name(std::size_t image) const { return labels.name(images.path(image)); }
};

/// The crop of the label map of an image. Its digest must be `expected`: a map with another was changed while the job
/// ran. `photo`: the photo's header. Local, thread-safe. Throws InputError, IoError for a map that was changed.
std::vector<std::uint16_t> read_label_crop(const Source& source, std::size_t image, const data::PhotoHeader& photo,
                                           std::uint64_t expected);

/// A label crop as runs of equal classes, some kilobytes for a typical map: pairs of length - 1, a byte, and class, one
/// to three bytes of seven bits, the lowest first, all but the last of them with the highest bit set.
std::string pack_labels(std::span<const std::uint16_t> labels);

/// Label crops that the survey has read and the run will need again, packed, within a fixed budget of memory: a rank of
/// a large job keeps those of all its images, and the file system serves each label map once. Where the budget ends,
/// maps are read twice.
class LabelCrops {
  public:
    /// `budget`: bytes of packed crops.
    explicit LabelCrops(std::size_t budget = std::size_t{32} << 20) : budget_(budget) {}

    /// Keeps the crop of an image, packed, as far as the budget goes.
    void keep(std::uint64_t image, std::string packed);

    /// The crop of an image, `pixels` long, when it was kept. Thread-safe beside itself.
    std::optional<std::vector<std::uint16_t>> find(std::uint64_t image, std::size_t pixels) const;

    std::size_t size() const noexcept { return packed_.size(); }

  private:
    std::size_t budget_;
    std::size_t used_ = 0;
    std::unordered_map<std::uint64_t, std::string> packed_;
};

/// Whether photos for a trial have their classes, or are all unlabelled.
enum class WithLabels { no, yes };

/// The first photos of the list that can be read, at most `most`, cropped: for the trial of a network. Local; never
/// throws on bad files.
std::vector<std::shared_ptr<const network::Sample>> first_photos(const Source& source, std::size_t most,
                                                                 WithLabels labels);

/// A decoded image, or why there is none.
struct Loaded {
    std::shared_ptr<const network::Sample> sample;
    std::string problem;             ///< empty when the sample is there
    std::uint64_t photo_digest = 0;  ///< of the photo's file; 0 when there is no sample
};

/// Decodes, resizes and crops an image and its label map, whose digest the survey found to be `label_digest`. A label
/// map whose crop is in `crops` is not read. Local, thread-safe. Never throws on files that cannot be decoded; throws
/// IoError when a file cannot be reached any more or the label map was changed while the job ran.
Loaded load_image(const Source& source, const LabelCrops& crops, std::uint64_t image, std::uint64_t label_digest);

}  // namespace semscope::occlusion
