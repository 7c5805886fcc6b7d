#include "semscope/statistics/evaluation.hpp"

#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
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

/// Fills in the mean of the scenes' Top-1, over those that have an image and over all.
void mean_class_accuracy(const EvaluationCounts& counts, results::EvaluationSummary& table) {
    double sum = 0;
    std::uint64_t scenes = 0;
    for (std::size_t c = 0; c < counts.scene_images.size(); ++c) {
        if (counts.scene_images[c] == 0) continue;
        sum += 100.0 * counts.scene_top1[c] / counts.scene_images[c];
        ++scenes;
    }
    table.mean_class_accuracy = sum / static_cast<double>(scenes);
    table.mean_class_accuracy_all = sum / static_cast<double>(counts.scene_images.size());
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

EvaluationCounts::EvaluationCounts(std::size_t scenes, Confusion confusion_matrix)
    : confusion(confusion_matrix == Confusion::counted ? scenes * scenes : 0),
      scene_images(scenes),
      scene_top1(scenes),
      scene_top2(scenes),
      scene_top5(scenes) {}

void EvaluationCounts::add(const ImageScore& score) {
    if (!score.known()) {
        ++unknown;
        return;
    }
    const auto c = static_cast<std::size_t>(score.scene);
    ++images;
    ++scene_images[c];
    if (!confusion.empty()) ++confusion[c * scene_images.size() + score.predicted];
    if (score.position < 1) ++scene_top1[c];
    if (score.position < 2) ++scene_top2[c];
    if (score.position < 5) ++scene_top5[c];
}

void EvaluationCounts::merge(const EvaluationCounts& other) {
    images += other.images;
    unknown += other.unknown;
    unreadable += other.unreadable;
    not_finite += other.not_finite;
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

results::EvaluationSummary evaluate(const EvaluationCounts& counts, double loss_sum, std::uint64_t pending) {
    results::EvaluationSummary table{.images = counts.images,
                                     .unknown = counts.unknown,
                                     .unreadable = counts.unreadable,
                                     .not_finite = counts.not_finite,
                                     .pending = pending};
    if (counts.images == 0) {
        constexpr double none = std::numeric_limits<double>::quiet_NaN();
        table.loss = table.top1 = table.top2 = table.top5 = table.mean_class_accuracy = table.mean_class_accuracy_all =
            none;
        return table;
    }
    table.loss = loss_sum / static_cast<double>(counts.images);
    table.top1 = per_cent(counts.scene_top1, counts.images);
    table.top2 = per_cent(counts.scene_top2, counts.images);
    table.top5 = per_cent(counts.scene_top5, counts.images);
    mean_class_accuracy(counts, table);
    return table;
}
namespace {

constexpr std::size_t lanes = 16;

}  // namespace

std::uint32_t argmax(std::span<const float> row) {
    // Largest values of interleaved parts, which the compiler turns into vector instructions; then the first place of
    // the largest of all. Several times as fast as one comparison after the other.
    std::array<float, lanes> largest{};
    largest.fill(row.front());
    std::size_t i = 0;
    for (; i + lanes <= row.size(); i += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane)
            largest[lane] = row[i + lane] > largest[lane] ? row[i + lane] : largest[lane];
    float top = *std::max_element(largest.begin(), largest.end());
    for (; i < row.size(); ++i) top = row[i] > top ? row[i] : top;
    return static_cast<std::uint32_t>(std::find(row.begin(), row.end(), top) - row.begin());
}

std::uint32_t position_of(std::span<const float> row, std::uint32_t scene) {
    const float own = row[scene];
    const auto not_after = std::count_if(row.begin(), row.begin() + scene, [own](float p) { return p >= own; });
    const auto before = std::count_if(row.begin() + scene, row.end(), [own](float p) { return p > own; });
    return static_cast<std::uint32_t>(not_after + before);
}

bool is_probability_row(std::span<const float> row) {
    return std::all_of(row.begin(), row.end(), [](float p) { return p >= 0.0F && p <= 1.0F; });
}

bool is_distribution(std::span<const float> row) {
    // Several sums side by side and one verdict at the end: the compiler makes vector instructions of it, which lets a
    // reduction run at the speed of the disk. A NaN fails every comparison.
    std::array<float, lanes> sums{};
    std::array<std::int32_t, lanes> inside{};
    std::size_t i = 0;
    for (; i + lanes <= row.size(); i += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const float p = row[i + lane];
            sums[lane] += p;
            inside[lane] += static_cast<std::int32_t>(p >= 0.0F) & static_cast<std::int32_t>(p <= 1.0F);
        }
    double sum = 0;
    for (const float part : sums) sum += static_cast<double>(part);
    for (std::size_t rest = i; rest < row.size(); ++rest) sum += static_cast<double>(row[rest]);
    const bool all_inside = std::accumulate(inside.begin(), inside.end(), std::size_t{0}) == i;
    return all_inside && is_probability_row(row.subspan(i)) && std::abs(sum - 1) <= 1e-3;
}

}  // namespace semscope::statistics
