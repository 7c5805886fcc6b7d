#include "semscope/statistics/evaluation.hpp"

#include "semscope/base/error.hpp"
#include "semscope/statistics/scores.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>

namespace semscope::statistics {
namespace {

void add_to(std::vector<std::uint32_t>& sums, const std::vector<std::uint32_t>& other) {
    std::transform(sums.begin(), sums.end(), other.begin(), sums.begin(), std::plus<>());
}

double per_cent(const std::vector<std::uint32_t>& counts, std::uint64_t images) {
    return 100.0 * static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0})) /
           static_cast<double>(images);
}

double mean_class_accuracy(const EvaluationCounts& counts) {
    double sum = 0;
    std::uint64_t scenes = 0;
    for (std::size_t c = 0; c < counts.scene_images.size(); ++c) {
        if (counts.scene_images[c] == 0) continue;
        sum += 100.0 * counts.scene_top1[c] / counts.scene_images[c];
        ++scenes;
    }
    return sum / static_cast<double>(scenes);
}

}  // namespace

ImageScore score_image(std::span<const float> probability, std::int32_t scene, float loss) {
    if (!is_probability_row(probability)) throw InputError("a row of probabilities holds a value outside 0..1");
    ImageScore score{.scene = scene, .predicted = argmax(probability), .position = 0, .loss = loss};
    if (!score.known()) return score;
    if (static_cast<std::size_t>(scene) >= probability.size())
        throw InputError(fmt::format("true scene {} of an image, but there are {} scenes", scene, probability.size()));
    score.position = position_of(probability, static_cast<std::uint32_t>(scene));
    return score;
}

EvaluationCounts::EvaluationCounts(std::size_t scenes)
    : confusion(scenes * scenes), scene_images(scenes), scene_top1(scenes), scene_top2(scenes), scene_top5(scenes) {}

void EvaluationCounts::add(const ImageScore& score) {
    if (!score.known()) {
        ++unknown;
        return;
    }
    const auto c = static_cast<std::size_t>(score.scene);
    ++images;
    ++scene_images[c];
    ++confusion[c * scene_images.size() + score.predicted];
    if (score.position < 1) ++scene_top1[c];
    if (score.position < 2) ++scene_top2[c];
    if (score.position < 5) ++scene_top5[c];
}

void EvaluationCounts::merge(const EvaluationCounts& other) {
    images += other.images;
    unknown += other.unknown;
    unreadable += other.unreadable;
    add_to(confusion, other.confusion);
    add_to(scene_images, other.scene_images);
    add_to(scene_top1, other.scene_top1);
    add_to(scene_top2, other.scene_top2);
    add_to(scene_top5, other.scene_top5);
}

double add_losses(double sum, std::span<const ImageScore> scores) {
    for (const ImageScore& score : scores)
        if (score.known()) sum += static_cast<double>(score.loss);
    return sum;
}

Evaluation evaluate(const EvaluationCounts& counts, double loss_sum) {
    if (counts.images == 0) {
        constexpr double none = std::numeric_limits<double>::quiet_NaN();
        return {none, none, none, none, none};
    }
    return {.loss = loss_sum / static_cast<double>(counts.images),
            .top1 = per_cent(counts.scene_top1, counts.images),
            .top2 = per_cent(counts.scene_top2, counts.images),
            .top5 = per_cent(counts.scene_top5, counts.images),
            .mean_class_accuracy = mean_class_accuracy(counts)};
}

}  // namespace semscope::statistics
