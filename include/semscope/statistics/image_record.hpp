#pragma once

#include "semscope/statistics/evaluation.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace semscope::statistics {

/// The occlusion matrix of one image without its redundant rows: p, and p_s of the present classes s. A row of an
/// absent class equals p. Refers to arrays that somebody else owns.
struct ImageRows {
    std::span<const float> probability;          ///< p [C]
    std::span<const std::uint16_t> semantic;     ///< the V present classes, ascending, each in 1..S-1
    std::span<const float> variant_probability;  ///< p_s [V,C], in the order of `semantic`
    std::span<const float> shapley = {};         ///< Shapley values [V,C]; empty where there are none

    std::size_t scenes() const noexcept { return probability.size(); }
    std::size_t variants() const noexcept { return semantic.size(); }
    /// p_s of the variant `index`, 0 <= index < V.
    std::span<const float> variant(std::size_t index) const {
        return variant_probability.subspan(index * scenes(), scenes());
    }
};

/// The few numbers of one image that one scene needs. Plain: sent between ranks as it is.
struct ImageRecord {
    std::uint32_t image = 0;      ///< index in the occlusion file
    std::uint32_t scene = 0;      ///< the scene that this is for: the true or the predicted one, or both
    std::int32_t truth = -1;      ///< true scene, -1 unknown
    std::uint32_t predicted = 0;  ///< predicted scene
    std::uint32_t classes = 0;    ///< number of ClassRecords that belong to it

    bool is_truth() const noexcept { return truth >= 0 && static_cast<std::uint32_t>(truth) == scene; }
    bool is_prediction() const noexcept { return predicted == scene; }
};

/// The same of one present class of the image. Plain, 16 bytes.
struct ClassRecord {
    std::uint32_t pixels = 0;
    float deviation = 0;  ///< of the predicted scene; 0 and not to be used in a record for a scene not predicted
    float shapley = 0;    ///< Shapley value, in the same manner; 0 where there are none
    std::uint16_t semantic = 0;
    std::uint8_t strongest = 0;  ///< 1: the strongest distractor of the true scene
    std::uint8_t flip = 0;       ///< 1: a flip distractor of the true scene
};

/// An image's record and those of its present classes, in ascending order.
struct ImageReport {
    ImageRecord image;
    std::vector<ClassRecord> classes;
};

/// What the scenes need of an image: one report for its predicted scene and, when that is another, one for its true
/// scene. `rows` and `pixels` [V] describe the image, `score` is that of score_image. Pure.
/// Precondition: the rows hold probabilities, the classes ascend within 1 .. semantics-1.
std::vector<ImageReport> report_image(std::uint32_t image, const ImageRows& rows, std::span<const std::uint32_t> pixels,
                                      const ImageScore& score, std::size_t semantics);

}  // namespace semscope::statistics
