#pragma once

#include "semscope/core/prefetcher.hpp"
#include "semscope/data/image_list.hpp"
#include "semscope/data/label_map.hpp"
#include "semscope/data/preprocess.hpp"
#include "semscope/network/occluder.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace semscope::occlusion {

/// Where the photos and label maps of a run come from, and how they are read.
struct Source {
    data::ImageList images;
    std::filesystem::path image_root;
    std::filesystem::path label_root;
    data::LabelCoding coding;
    data::Geometry geometry;
    std::uint32_t min_pixels = 1;  ///< classes with fewer pixels in the crop are not inhibited
    std::size_t semantics = 0;     ///< S

    std::filesystem::path image_path(std::size_t image) const { return image_root / images.path(image); }
    std::filesystem::path label_path(std::size_t image) const {
        return data::label_map_path(label_root, images.path(image));
    }
};

/// The crop of the label map of an image, classes as bytes. Local, thread-safe. Throws InputError.
std::vector<std::uint8_t> read_label_crop(const Source& source, std::size_t image);

/// A label crop as runs of equal classes: pairs of (length - 1, class), some kilobytes for a typical map.
std::string pack_labels(const std::vector<std::uint8_t>& labels);

/// Label crops that the survey has read and the run will need again, packed, within a fixed budget of memory: a rank of
/// a large job keeps those of all its images, and the file system serves each label map once. Where the budget ends,
/// maps are read twice.
class LabelCrops {
  public:
    /// `budget`: bytes of packed crops.
    explicit LabelCrops(std::size_t budget = std::size_t{4} << 20) : budget_(budget) {}

    /// Keeps the crop of an image, packed, as far as the budget goes.
    void keep(std::uint64_t image, std::string packed);

    /// The crop of an image, `pixels` long, when it was kept. Thread-safe beside itself.
    std::optional<std::vector<std::uint8_t>> find(std::uint64_t image, std::size_t pixels) const;

    std::size_t size() const noexcept { return packed_.size(); }

  private:
    std::size_t budget_;
    std::size_t used_ = 0;
    std::unordered_map<std::uint64_t, std::string> packed_;
};

/// The first photos of the list that can be read, at most `most`, cropped and without classes: for the trial of a
/// network. Local; never throws on bad files.
std::vector<std::shared_ptr<const network::Sample>> first_photos(const Source& source, std::size_t most);

/// A decoded image, or why there is none.
struct Loaded {
    std::shared_ptr<const network::Sample> sample;
    std::string problem;  ///< empty when the sample is there
};

/// Decodes, resizes and crops an image and its label map. `expected` are the classes that the survey found: a label map
/// that has others now was changed while the job ran. A label map whose crop is in `crops` is not read. Local,
/// thread-safe; never throws on bad files.
Loaded load_image(const Source& source, const LabelCrops& crops, std::uint64_t image,
                  std::span<const std::uint16_t> expected);

}  // namespace semscope::occlusion
