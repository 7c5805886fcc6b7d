#include "scene_statistics.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/statistics/deviation.hpp"
#include "semscope/statistics/inference.hpp"

#include <fmt/format.h>

namespace semscope::statistics {

std::vector<ClassStatistics> scene_statistics(const SceneSamples& samples, results::DeviationSet set,
                                              std::uint32_t scene, const ResamplingOptions& options,
                                              Attribution attribution, const std::function<void()>& tick) {
    if (options.resamples == 0 || options.permutations == 0)
        throw UsageError("the numbers of bootstrap resamples and of permutations must be at least 1");
    std::vector<ClassStatistics> result;
    std::vector<double> p_values;
    for (std::size_t s = 0; s < samples.semantics(); ++s) {
        const SparseSample sample = samples.sample(s);
        constexpr std::uint8_t first_of_shapley = 8;  // DrawKey::set
        const DrawKey key{
            .seed = options.seed,
            .set = static_cast<std::uint8_t>(static_cast<std::uint8_t>(set) +
                                             (attribution == Attribution::shapley ? first_of_shapley : 0)),
            .scene = scene,
            .semantic = static_cast<std::uint16_t>(s)};
        p_values.push_back(sign_flip_p_value(sample.values, key, options.permutations));
        result.push_back({.summary = summarise(sample),
                          .ci = bootstrap_mean(sample, key, options.resamples),
                          .p_value = p_values.back(),
                          .q_value = 0});
        tick();
    }
    const std::vector<double> q_values = adjust_p_values(p_values);
    for (std::size_t s = 0; s < result.size(); ++s) result[s].q_value = q_values[s];
    return result;
}
namespace {

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
    to.insert(to.end(), from.begin(), from.end());
}

/// The numbers of a class in the order of results::Column.
std::array<double, results::column_count> columns_of(const ClassStatistics& one) {
    const Summary& s = one.summary;
    return {s.mean, s.mean_present, s.std,          s.min,      s.q1,        s.median,    s.q3,
            s.max,  s.whisker_low,  s.whisker_high, one.ci.low, one.ci.high, one.p_value, one.q_value};
}

void append_deviation(results::DeviationRows& rows, const SceneSamples& samples,
                      const std::vector<ClassStatistics>& classes) {
    rows.images.push_back(static_cast<std::uint32_t>(samples.images()));
    for (std::size_t s = 0; s < classes.size(); ++s) {
        rows.present.push_back(static_cast<std::uint32_t>(samples.sample(s).present()));
        rows.sample_count.push_back(samples.sample(s).present());
        const auto numbers = columns_of(classes[s]);
        for (std::size_t i = 0; i < numbers.size(); ++i) rows.columns[i].push_back(numbers[i]);
    }
    append(rows.sample_value, samples.sample_value());
    append(rows.sample_image, samples.sample_image());
}

}  // namespace

SceneCollector::SceneCollector(comm::Range scenes, std::size_t semantics, Area area, Attribution attribution)
    : range_(scenes), area_(area), attribution_(attribution), scenes_(scenes.size(), Scene(semantics)) {
    if (area == Area::crop) return;
    for (Scene& scene : scenes_) {
        scene.full_truth_pixels.resize(semantics);
        scene.full_predicted_pixels.resize(semantics);
    }
}

void SceneCollector::add_full_pixels(std::uint32_t scene, std::uint16_t semantic, std::uint32_t pixels, bool of_truth) {
    Scene& own = scenes_.at(scene - range_.begin);
    auto& counts = of_truth ? own.full_truth_pixels : own.full_predicted_pixels;
    if (semantic >= counts.size())
        throw InputError(
            fmt::format("a label map has the semantic class {}, but there are {}", semantic, counts.size()));
    counts[semantic] += pixels;
}

void SceneCollector::add(const ImageRecord& image, std::span<const ClassRecord> classes) {
    Scene& scene = scenes_.at(image.scene - range_.begin);
    std::vector<std::uint16_t> semantic;
    std::vector<float> value, shapley;
    std::vector<std::uint32_t> pixels;
    for (const ClassRecord& each : classes) {
        semantic.push_back(each.semantic);
        value.push_back(each.deviation);
        shapley.push_back(each.shapley);
        pixels.push_back(each.pixels);
    }
    if (image.is_prediction()) {
        scene.predicted.add(image.image, semantic, value);
        if (attribution_ == Attribution::shapley) scene.shapley_predicted.add(image.image, semantic, shapley);
        add_pixels(scene.predicted_pixels, semantic, pixels);
    }
    if (!image.is_truth()) return;
    add_pixels(scene.truth_pixels, semantic, pixels);
    if (image.is_prediction()) {
        scene.correct.add(image.image, semantic, value);
        if (attribution_ == Attribution::shapley) scene.shapley_correct.add(image.image, semantic, shapley);
        return;
    }
    ++scene.missed;
    for (const ClassRecord& each : classes) {
        scene.strongest.at(each.semantic) += each.strongest;
        scene.flip.at(each.semantic) += each.flip;
    }
}

void SceneCollector::append_relevance(const Scene& scene, const std::vector<ClassStatistics>& correct,
                                      const RelevanceThresholds& thresholds, std::vector<std::uint8_t>& to) const {
    for (std::size_t s = 0; s < correct.size(); ++s) {
        const ClassEvidence evidence{static_cast<std::uint16_t>(s), correct[s].summary.mean, scene.truth_pixels[s] > 0,
                                     scene.strongest[s], scene.flip[s]};
        to.push_back(static_cast<std::uint8_t>(relevance_of(evidence, thresholds)));
    }
}

void SceneCollector::append_shapley(Scene& scene, std::uint32_t index, const ResamplingOptions& resampling,
                                    const RelevanceThresholds& thresholds, const std::function<void()>& tick,
                                    results::StatisticsRows& rows) const {
    for (const auto set : {results::DeviationSet::correct, results::DeviationSet::predicted}) {
        const bool correct = set == results::DeviationSet::correct;
        SceneSamples& samples = correct ? scene.shapley_correct : scene.shapley_predicted;
        samples.finish();
        const auto classes = scene_statistics(samples, set, index, resampling, Attribution::shapley, tick);
        results::ShapleyRows& own = rows.shapley.at(static_cast<std::size_t>(set));
        for (const ClassStatistics& each : classes) {
            const auto numbers = columns_of(each);
            for (std::size_t i = 0; i < numbers.size(); ++i) own.columns[i].push_back(numbers[i]);
        }
        append(own.sample_value, samples.sample_value());
        if (correct) append_relevance(scene, classes, thresholds, rows.shapley_relevance);
    }
}

results::StatisticsRows SceneCollector::summarise(const ResamplingOptions& resampling,
                                                  const RelevanceThresholds& thresholds,
                                                  const std::function<void(std::uint64_t)>& done) {
    results::StatisticsRows rows;
    rows.scenes = range_;
    for (std::uint64_t c = range_.begin; c < range_.end; ++c) {
        Scene scene = std::move(scenes_[c - range_.begin]);
        scene.correct.finish();
        scene.predicted.finish();
        const auto index = static_cast<std::uint32_t>(c);
        const auto tick = [&] { done(c - range_.begin); };
        const auto statistics_of = [&](const SceneSamples& samples, results::DeviationSet set) {
            return scene_statistics(samples, set, index, resampling, Attribution::occlusion, tick);
        };
        const auto correct = statistics_of(scene.correct, results::DeviationSet::correct);
        append_deviation(rows.deviation[0], scene.correct, correct);
        append_deviation(rows.deviation[1], scene.predicted,
                         statistics_of(scene.predicted, results::DeviationSet::predicted));

        rows.distractor_images.push_back(scene.missed);
        append(rows.strongest, scene.strongest);
        append(rows.flip, scene.flip);
        const bool full = area_ == Area::full;
        append(rows.distribution_truth, pixel_shares(full ? scene.full_truth_pixels : scene.truth_pixels));
        append(rows.distribution_predicted, pixel_shares(full ? scene.full_predicted_pixels : scene.predicted_pixels));
        append_relevance(scene, correct, thresholds, rows.relevance);
        if (attribution_ == Attribution::shapley) append_shapley(scene, index, resampling, thresholds, tick, rows);
        done(c + 1 - range_.begin);
    }
    return rows;
}

}  // namespace semscope::statistics
