#include "scene_pairs.hpp"

#include "semscope/statistics/relevance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace semscope::comparison {

using results::ComparedScenes;
using results::DifferenceColumn;
using results::Side;
using results::sides;
using statistics::DrawKey;
using statistics::SparseSample;

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// In image order, which is that of the sample; NaN without images.
double mean_of(const SparseSample& sample) {
    double sum = 0;
    for (const float value : sample.values) sum += static_cast<double>(value);
    return sample.images == 0 ? none : sum / static_cast<double>(sample.images);
}

DrawKey key_of(DrawSet set, std::uint64_t seed, std::uint32_t scene, std::size_t semantic) {
    return {.seed = seed,
            .set = static_cast<std::uint8_t>(set),
            .scene = scene,
            .semantic = static_cast<std::uint16_t>(semantic)};
}

void append_differences(ComparedScenes& rows, const std::array<const statistics::SceneSamples*, 3>& samples,
                        std::uint32_t scene, const statistics::ResamplingOptions& resampling,
                        const std::function<void()>& tick) {
    const auto& [first, second, difference] = samples;
    const auto column = [&](DifferenceColumn name) -> std::vector<double>& {
        return rows.columns.at(static_cast<std::size_t>(name));
    };
    std::vector<double> p_values;
    for (std::size_t s = 0; s < difference->semantics(); ++s) {
        const SparseSample sample = difference->sample(s);
        const DrawKey key = key_of(DrawSet::difference, resampling.seed, scene, s);
        const statistics::Interval ci = statistics::bootstrap_mean(sample, key, resampling.resamples);
        p_values.push_back(statistics::sign_flip_p_value(sample.values, key, resampling.permutations));
        rows.present.push_back(static_cast<std::uint32_t>(sample.present()));
        column(DifferenceColumn::mean_first).push_back(mean_of(first->sample(s)));
        column(DifferenceColumn::mean_second).push_back(mean_of(second->sample(s)));
        column(DifferenceColumn::mean).push_back(mean_of(sample));
        column(DifferenceColumn::ci_low).push_back(ci.low);
        column(DifferenceColumn::ci_high).push_back(ci.high);
        column(DifferenceColumn::p_value).push_back(p_values.back());
        tick();
    }
    for (const double q : statistics::adjust_p_values(p_values)) column(DifferenceColumn::q_value).push_back(q);
}

void append_relevance(ComparedScenes& rows, const std::array<statistics::SceneSamples, results::side_count>& correct,
                      double threshold) {
    std::uint64_t shared = 0, any = 0;
    for (std::size_t s = 0; s < correct[0].semantics(); ++s) {
        std::array<bool, results::side_count> relevant{};
        for (const Side side : sides) {
            const double mean = mean_of(correct.at(index_of(side)).sample(s));
            relevant.at(index_of(side)) = statistics::is_relevant({.mean = mean}, {.relevant = threshold});
            rows.correct_mean.at(index_of(side)).push_back(mean);
            rows.relevant.at(index_of(side)).push_back(relevant.at(index_of(side)) ? 1 : 0);
        }
        shared += relevant[0] && relevant[1] ? 1 : 0;
        any += relevant[0] || relevant[1] ? 1 : 0;
    }
    for (const Side side : sides)
        rows.correct.at(index_of(side)).push_back(static_cast<std::uint32_t>(correct.at(index_of(side)).images()));
    rows.jaccard.push_back(any == 0 ? none : static_cast<double>(shared) / static_cast<double>(any));
}

}  // namespace

results::MeanInterval mean_interval(std::span<const double> values, const DrawKey& key,
                                    statistics::Intervals& intervals) {
    std::vector<float> numbers;
    double sum = 0;
    for (const double value : values) {
        if (std::isnan(value)) continue;
        numbers.push_back(static_cast<float>(value));
        sum += value;
    }
    const SparseSample sample{numbers, numbers.size()};
    const statistics::Interval ci = statistics::bootstrap_mean(sample, key, intervals);
    return {numbers.empty() ? none : sum / static_cast<double>(numbers.size()), ci.low, ci.high};
}

void ScenePairs::Scene::finish() {
    difference.finish();
    for (const Side side : sides) {
        all.at(index_of(side)).finish();
        correct.at(index_of(side)).finish();
    }
    std::sort(rank_correlation.begin(), rank_correlation.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
}

ScenePairs::ScenePairs(comm::Range scenes, std::size_t semantics)
    : range_(scenes), scenes_(scenes.size(), Scene(semantics)) {}

void ScenePairs::add(const PairRecord& image, std::span<const PairedClass> classes) {
    Scene& scene = scenes_.at(image.scene - range_.begin);
    std::vector<std::uint16_t> semantic;
    std::vector<float> difference;
    for (const PairedClass& each : classes) {
        semantic.push_back(each.semantic);
        difference.push_back(each.difference());
    }
    scene.difference.add(image.image, semantic, difference);
    for (const Side side : sides) {
        std::vector<std::uint16_t> present;
        std::vector<float> deviation;
        for (const PairedClass& each : classes) {
            if ((each.present >> index_of(side) & 1U) == 0) continue;
            present.push_back(each.semantic);
            deviation.push_back(side == Side::first ? each.first : each.second);
        }
        scene.all.at(index_of(side)).add(image.image, present, deviation);
        if (image.recognised_by(side)) scene.correct.at(index_of(side)).add(image.image, present, deviation);
    }
    scene.rank_correlation.emplace_back(image.image, image.rank_correlation);
    add_recognition(scene, image, classes);
}

void ScenePairs::add_recognition(Scene& scene, const PairRecord& image, std::span<const PairedClass> classes) {
    const bool first = image.recognised_by(Side::first), second = image.recognised_by(Side::second);
    if (first == second) {
        ++(first ? scene.both : scene.neither);
        return;
    }
    const std::size_t side = index_of(first ? Side::first : Side::second);
    ++scene.alone.at(side);
    const auto has = [](std::uint8_t role, results::Role wanted) {
        return (role & static_cast<std::uint8_t>(wanted)) != 0 ? 1U : 0U;
    };
    for (const PairedClass& each : classes) {
        scene.necessary.at(side).at(each.semantic) += has(each.role, results::Role::necessary);
        scene.flip.at(side).at(each.semantic) += has(each.role, results::Role::flip);
    }
}

ComparedScenes ScenePairs::summarise(const statistics::ResamplingOptions& resampling, double relevant,
                                     const std::function<void(std::uint64_t)>& done) {
    ComparedScenes rows;
    statistics::OwnIntervals intervals(resampling.resamples);
    rows.scenes = range_;
    const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    for (std::uint64_t c = range_.begin; c < range_.end; ++c) {
        Scene scene = std::move(scenes_[c - range_.begin]);
        scene.finish();
        rows.images.push_back(static_cast<std::uint32_t>(scene.difference.images()));
        const auto index = static_cast<std::uint32_t>(c);
        append_differences(rows, {scene.all.data(), scene.all.data() + 1, &scene.difference}, index, resampling,
                           [&] { done(c - range_.begin); });

        std::vector<double> correlations;
        for (const auto& [image, value] : scene.rank_correlation)
            if (!std::isnan(value)) correlations.push_back(static_cast<double>(value));
        const auto rank =
            mean_interval(correlations, key_of(DrawSet::rank_of_scene, resampling.seed, index, 0), intervals);
        rows.rank_images.push_back(static_cast<std::uint32_t>(correlations.size()));
        rows.rank_mean.push_back(rank.mean);
        rows.rank_low.push_back(rank.low);
        rows.rank_high.push_back(rank.high);

        append_relevance(rows, scene.correct, relevant);
        rows.both.push_back(scene.both);
        rows.neither.push_back(scene.neither);
        for (const Side side : sides) {
            rows.alone.at(index_of(side)).push_back(scene.alone.at(index_of(side)));
            append(rows.necessary.at(index_of(side)), scene.necessary.at(index_of(side)));
            append(rows.flip.at(index_of(side)), scene.flip.at(index_of(side)));
        }
        done(c + 1 - range_.begin);
    }
    return rows;
}

}  // namespace semscope::comparison
