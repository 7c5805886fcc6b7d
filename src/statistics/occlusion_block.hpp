#pragma once

#include "semscope/results/occlusion_reader.hpp"
#include "semscope/statistics/image_record.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace semscope::statistics {

using comm::Range;

/// Some consecutive images of an occlusion file with all their variants.
class OcclusionBlock {
  public:
    /// Reads images, whose variants begin at `offsets` [N+1 of the whole file]. An empty range reads none.
    OcclusionBlock(const results::OcclusionReader& file, Range images, std::span<const std::uint64_t> offsets);

    Range images() const noexcept { return images_; }
    std::uint8_t status(std::uint64_t image) const { return status_[image - images_.begin]; }
    std::int32_t scene(std::uint64_t image) const { return scene_[image - images_.begin]; }
    float loss(std::uint64_t image) const { return loss_[image - images_.begin]; }
    ImageRows rows(std::uint64_t image) const;
    std::span<const std::uint32_t> pixels(std::uint64_t image) const;

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
};

/// The images of part `part` of `parts`, of nearly equal numbers of rows (the image's own and its variants'), cut into
/// blocks of at most `maximum_rows` rows, or of one image where that has more. Pure.
std::vector<Range> plan_blocks(std::span<const std::uint64_t> offsets, int part, int parts, std::uint64_t maximum_rows);

}  // namespace semscope::statistics
