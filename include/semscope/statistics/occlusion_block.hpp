#pragma once

#include "semscope/comm/communicator.hpp"
#include "semscope/comm/partition.hpp"
#include "semscope/core/enumeration.hpp"
#include "semscope/results/occlusion_file.hpp"
#include "semscope/statistics/image_record.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

/// How occlusion files are read by the programs that compute from them. Every rank opens a file for itself: ranks read
/// large contiguous blocks, each at its own place, and collective transfers would make them wait for each other
/// (measured: a fifth of the speed on two ranks).
namespace semscope::statistics {

using comm::Range;

/// Some consecutive images of an occlusion file with all their variants.
class OcclusionBlock {
  public:
    /// Reads images, whose variants begin at `offsets` [N+1 of the whole file]. An empty range reads none. `area`: with
    /// Area::full also what finds their label maps. `attribution`: with Attribution::shapley also Shapley values.
    OcclusionBlock(const results::OcclusionReader& file, Range images, std::span<const std::uint64_t> offsets,
                   Area area = Area::crop, Attribution attribution = Attribution::occlusion);

    Range images() const noexcept { return images_; }
    std::uint8_t status(std::uint64_t image) const { return status_[image - images_.begin]; }
    std::int32_t scene(std::uint64_t image) const { return scene_[image - images_.begin]; }
    float loss(std::uint64_t image) const { return loss_[image - images_.begin]; }
    ImageRows rows(std::uint64_t image) const;
    std::span<const std::uint32_t> pixels(std::uint64_t image) const;
    /// With Area::full. Path as listed, and digest of the label map, 0 = not recorded.
    const std::string& path(std::uint64_t image) const { return path_.at(image - images_.begin); }
    std::uint64_t label_digest(std::uint64_t image) const { return label_digest_.at(image - images_.begin); }

    /// "" when the rows of a done image are what an occlusion file promises, else what is wrong with them.
    std::string problem_with(std::uint64_t image) const;

  private:
    Range variants_of(std::uint64_t image) const;  ///< places in this block

    Range images_;
    std::span<const std::uint64_t> offsets_;
    std::size_t scenes_;
    std::size_t semantics_;
    std::vector<std::uint8_t> status_;
    std::vector<std::int32_t> scene_;
    std::vector<float> loss_;
    std::vector<float> probability_;
    std::vector<std::uint32_t> variant_image_;
    std::vector<std::uint16_t> variant_semantic_;
    std::vector<std::uint32_t> variant_pixels_;
    std::vector<float> variant_probability_;
    std::vector<float> shapley_;
    std::vector<std::string> path_;
    std::vector<std::uint64_t> label_digest_;
};

/// The images of part `part` of `parts`, of nearly equal numbers of rows (the image's own and its variants'), cut into
/// blocks of at most `maximum_rows` rows, or of one image where that has more. Pure.
std::vector<Range> plan_blocks(std::span<const std::uint64_t> offsets, int part, int parts, std::uint64_t maximum_rows);

/// Images by status: pending, done, unreadable, not finite (results::ImageStatus).
using StatusCounts = std::array<std::uint64_t, 4>;

/// Images of an occlusion file by status; the same on every rank. Collective. Throws AgreedError for other values.
StatusCounts count_images(const results::OcclusionReader& file, const comm::Communicator& communicator);

/// "FILE: 3 of 240 images are pending", or "" when the file is complete. The same on every rank. Collective. Throws
/// AgreedError when the ranks see different files, or statuses that are unknown.
std::string pending_images(const std::filesystem::path& path, const results::OcclusionReader& file,
                           const comm::Communicator& communicator);

}  // namespace semscope::statistics
