#pragma once

#include "semscope/results/statistics_file.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace semscope::statistics {

/// What one un-occluded prediction is worth. 16 bytes, plain: may be sent and gathered as it is.
struct ImageScore {
    std::int32_t scene = -1;      ///< true scene, -1 unknown
    std::uint32_t predicted = 0;  ///< argmax of the probabilities
    std::uint32_t position = 0;   ///< position_of the true scene, in top k when < k; meaningless when unknown
    float loss = 0;               ///< cross-entropy of the true scene, as measured by the run

    bool known() const noexcept { return scene >= 0; }
    bool correct() const noexcept { return known() && static_cast<std::uint32_t>(scene) == predicted; }
};

/// Scores the probabilities [C] of an image. Pure.
/// Throws InputError when `scene` is not below C, or the row holds something that is not a probability.
ImageScore score_image(std::span<const float> probability, std::int32_t scene, float loss);

/// Whether counts hold the confusion matrix: C*C numbers.
enum class Confusion { counted, left_out };

/// Counts over images. Whole numbers only, so that counts of parts may be merged in any order with one result.
/// Images whose scene is unknown, unreadable ones and those without finite scores are counted as such and take no
/// further part.
struct EvaluationCounts {
    explicit EvaluationCounts(std::size_t scenes, Confusion confusion = Confusion::counted);

    void add(const ImageScore& score);
    void add_unreadable() { ++unreadable; }
    void add_not_finite() { ++not_finite; }
    /// Adds the counts of other images. Precondition: the same number of scenes.
    void merge(const EvaluationCounts& other);

    std::uint64_t images = 0;  ///< done and of known scene: what the accuracies are shares of
    std::uint64_t unknown = 0;
    std::uint64_t unreadable = 0;
    std::uint64_t not_finite = 0;
    std::vector<std::uint32_t> confusion;     ///< [C,C], row = true scene, column = predicted scene; may be left out
    std::vector<std::uint32_t> scene_images;  ///< [C]
    std::vector<std::uint32_t> scene_top1;    ///< [C]
    std::vector<std::uint32_t> scene_top2;    ///< [C]
    std::vector<std::uint32_t> scene_top5;    ///< [C]
};

/// Adds the losses of the images of known scene to `sum`, one after the other in double precision.
/// To get the same bits for any number of ranks, call it with the images in ascending order, each part continuing
/// from the sum of the parts before it.
double add_losses(double sum, std::span<const ImageScore> scores);

/// The table of the images that were counted; `loss_sum` is that of add_losses over the same images, `pending` the
/// number of images that are not done yet.
results::EvaluationSummary evaluate(const EvaluationCounts& counts, double loss_sum, std::uint64_t pending = 0);

/// The index of the largest entry of `row`; of equal entries the lowest index, as numpy.argmax has it. The predicted
/// scene of a row of probabilities. Precondition: row is not empty and holds no NaN.
std::uint32_t argmax(std::span<const float> row);

/// The place of `scene` in the order of falling probability, from 0: the number of scenes with a larger probability,
/// plus those with the same one and a lower index. 0 exactly when `scene` is the argmax, so that Top-1 and the
/// prediction agree. Precondition: scene < row.size(), no NaN.
std::uint32_t position_of(std::span<const float> row, std::uint32_t scene);

/// Whether every entry lies in [0, 1]; false for NaN. What a reader checks before it trusts a row of a file.
bool is_probability_row(std::span<const float> row);

/// Whether the row is a probability row that sums to 1 within 1e-3, as an occlusion file promises.
bool is_distribution(std::span<const float> row);

}  // namespace semscope::statistics
