#include "compare.hpp"

#include "scene_pairs.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/comparison/agreement.hpp"
#include "semscope/comparison/image_pair.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/prefetcher.hpp"
#include "semscope/statistics/evaluation.hpp"
#include "semscope/statistics/occlusion_block.hpp"
#include "semscope/statistics/scene_router.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace semscope::comparison {
namespace {

using comm::Communicator;
using results::ImageStatus;
using results::Range;
using statistics::OcclusionBlock;
using Router = statistics::SceneRouter<PairRecord, PairedClass>;

/// The same images of both files.
struct BlockPair {
    OcclusionBlock first;
    OcclusionBlock second;
};

/// What a rank has learnt of the images that it has read.
struct Readings {
    results::ComparedImages images;
    Agreement agreement;
    std::uint64_t without_result = 0;
};

/// Whether the file has a result of the image. Throws InputError for one that is pending, unless it may be, and for one
/// that is damaged.
bool has_result(const OcclusionBlock& block, std::uint64_t image, const std::filesystem::path& path, bool partial) {
    const auto refuse = [&](const std::string& what) {
        throw InputError(fmt::format("{}: image {} {} (semscope-inspect --check tells all that is wrong)",
                                     path.string(), image, what));
    };
    const auto status = static_cast<ImageStatus>(block.status(image));
    if (status == ImageStatus::pending && !partial) refuse("is pending");
    if (status != ImageStatus::done) return false;
    if (const std::string fault = block.problem_with(image); !fault.empty()) refuse("is damaged: " + fault);
    return true;
}

class PairReader {
  public:
    PairReader(const NamedFile& first, const NamedFile& second, const ComparisonOptions& options, Router& router)
        : first_(first), second_(second), options_(options), router_(router) {}

    /// Reads an image of known existence from both files and posts it to its scene.
    void read(const BlockPair& blocks, std::uint64_t image) {
        const bool in_first = has_result(blocks.first, image, first_.path, options_.partial);
        const bool in_second = has_result(blocks.second, image, second_.path, options_.partial);
        const std::int32_t truth = blocks.first.scene(image);
        const auto predicted = [&](const OcclusionBlock& block, bool has) {
            return has ? static_cast<std::int32_t>(statistics::argmax(block.rows(image).probability)) : -1;
        };
        const std::int32_t a = predicted(blocks.first, in_first), b = predicted(blocks.second, in_second);
        auto& rows = readings_.images;
        rows.scene.push_back(truth);
        rows.predicted[0].push_back(a);
        rows.predicted[1].push_back(b);
        rows.classes.push_back(0);
        rows.rank_correlation.push_back(std::numeric_limits<float>::quiet_NaN());
        if (!in_first || !in_second) {
            ++readings_.without_result;
            return;
        }
        readings_.agreement.add(truth, a, b);
        compare(blocks.first.rows(image), blocks.second.rows(image), image);
    }

    Readings take() { return std::move(readings_); }

  private:
    /// An image with a result in both files, whose row is the last one.
    void compare(const statistics::ImageRows& first, const statistics::ImageRows& second, std::uint64_t image) {
        auto& rows = readings_.images;
        const std::int32_t truth = rows.scene.back();
        const bool first_right = rows.predicted[0].back() == truth, second_right = rows.predicted[1].back() == truth;
        const auto scene = static_cast<std::uint32_t>(truth >= 0 ? truth : rows.predicted[0].back());
        auto classes = pair_classes(first, second, scene);
        rows.classes.back() = static_cast<std::uint32_t>(
            std::count_if(classes.begin(), classes.end(), [](const PairedClass& each) { return each.in_both(); }));
        rows.rank_correlation.back() = rank_correlation_of(classes);
        if (truth < 0) return;
        if (first_right != second_right) {
            set_roles(classes, first_right ? first : second, first_right ? second : first, scene);
            note_explanations(classes, image);
        }
        router_.post({.image = static_cast<std::uint32_t>(image),
                      .scene = scene,
                      .classes = static_cast<std::uint32_t>(classes.size()),
                      .rank_correlation = rows.rank_correlation.back(),
                      .recognised = static_cast<std::uint8_t>((first_right ? 1U : 0U) | (second_right ? 2U : 0U))},
                     classes);
    }

    void note_explanations(const std::vector<PairedClass>& classes, std::uint64_t image) {
        auto& rows = readings_.images;
        for (const PairedClass& each : classes) {
            if (each.role == 0) continue;
            rows.explanation_image.push_back(static_cast<std::uint32_t>(image));
            rows.explanation_semantic.push_back(each.semantic);
            rows.explanation_role.push_back(each.role);
        }
    }

    const NamedFile& first_;
    const NamedFile& second_;
    const ComparisonOptions& options_;
    Router& router_;
    Readings readings_;
};

/// Where the variants of each image begin, of both files.
struct Offsets {
    std::vector<std::uint64_t> first;
    std::vector<std::uint64_t> second;

    /// Of both together: what the work is shared by.
    std::vector<std::uint64_t> sum() const {
        std::vector<std::uint64_t> both(first);
        for (std::size_t i = 0; i < both.size(); ++i) both[i] += second[i];
        return both;
    }
};

/// Reads this rank's share block by block, the next one while the last is worked on. Collective: all ranks take the
/// same number of rounds.
Readings read_all(const NamedFile& first, const NamedFile& second, const Communicator& communicator,
                  const ComparisonOptions& options, const ComparisonProgress& progress, Router& router,
                  ScenePairs& pairs) {
    const auto offsets = comm::agree(communicator, [&] {
        return Offsets{first.file.variant_offsets(), second.file.variant_offsets()};
    });
    const std::uint64_t row_bytes = std::max<std::uint64_t>(1, first.file.scenes() * sizeof(float));
    const auto blocks = statistics::plan_blocks(offsets.sum(), communicator.rank(), communicator.size(),
                                                2 * options.block_bytes / row_bytes);
    PairReader reader(first, second, options, router);
    Prefetcher<BlockPair> ahead(blocks.size(), 1, 1, [&](std::size_t i) {
        return BlockPair{OcclusionBlock(first.file, blocks[i], offsets.first),
                         OcclusionBlock(second.file, blocks[i], offsets.second)};
    });
    const auto rounds = communicator.max(std::uint64_t{blocks.size()});
    for (std::uint64_t round = 0; round < rounds; ++round) {
        Problems problems;
        comm::agree(communicator, [&] {
            progress("blocks", round, rounds);
            const auto block = ahead.next();
            if (!block) return;
            const Range images = block->first.images();
            for (std::uint64_t image = images.begin; image < images.end; ++image)
                problems.collect([&] { reader.read(*block, image); });
        });
        comm::agree_on_problems(communicator, problems);
        router.exchange(
            [&](const PairRecord& image, std::span<const PairedClass> classes) { pairs.add(image, classes); });
    }
    if (rounds > 0) comm::agree(communicator, [&] { progress("blocks", rounds, rounds); });
    Readings readings = reader.take();
    readings.images.images = blocks.empty() ? Range{} : Range{blocks.front().begin, blocks.back().end};
    return readings;
}

/// Values of all ranks, and how many of them are no NaN.
struct JoinedValues {
    std::vector<double> values;
    std::uint64_t numbers = 0;
};

/// Those of the ranks in rank order. Collective.
JoinedValues join(const std::vector<double>& own, const Communicator& communicator) {
    JoinedValues all{communicator.all_gather(own), 0};
    all.numbers = static_cast<std::uint64_t>(
        std::count_if(all.values.begin(), all.values.end(), [](double value) { return !std::isnan(value); }));
    return all;
}

Agreement sum(const Agreement& own, const Communicator& communicator) {
    std::array counts{own.images,        own.judged,         own.same_prediction,
                      own.correct_first, own.correct_second, own.correct_both};
    communicator.sum_each(counts);
    return {counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]};
}

results::ComparisonSummary summarise(const Comparison& comparison, const Readings& readings,
                                     const ComparisonOptions& options, const Communicator& communicator,
                                     const std::function<void()>& tick) {
    const auto& resampling = options.resampling;
    const Agreement agreement = sum(readings.agreement, communicator);
    results::ComparisonSummary summary;
    summary.images = agreement.images;
    summary.without_result = communicator.sum(readings.without_result);
    summary.judged = agreement.judged;
    summary.same_prediction = agreement.same_prediction;
    summary.correct_first = agreement.correct_first;
    summary.correct_second = agreement.correct_second;
    summary.first_alone = agreement.first_alone();
    summary.second_alone = agreement.second_alone();
    const auto& correlations = comparison.images.rank_correlation;
    const JoinedValues ranks = join(std::vector<double>(correlations.begin(), correlations.end()), communicator);
    const JoinedValues shared = join(comparison.scenes.jaccard, communicator);
    summary.rank_images = ranks.numbers;
    summary.jaccard_scenes = shared.numbers;
    const auto key = [&](DrawSet set) {
        return statistics::DrawKey{.seed = resampling.seed, .set = static_cast<std::uint8_t>(set)};
    };
    statistics::make_shared_intervals(
        communicator, resampling.resamples,
        [&](statistics::Intervals& intervals) {
            summary.rank_correlation = mean_interval(ranks.values, key(DrawSet::rank_of_all), intervals);
            summary.jaccard = mean_interval(shared.values, key(DrawSet::jaccard), intervals);
        },
        tick);
    summary.relevant = options.relevant;
    summary.seed = resampling.seed;
    summary.resamples = resampling.resamples;
    summary.permutations = resampling.permutations;
    return summary;
}

}  // namespace

Comparison compare(const NamedFile& first, const NamedFile& second, const Communicator& communicator,
                   const ComparisonOptions& options, const ComparisonProgress& progress) {
    Router router(communicator, first.file.scenes());
    ScenePairs pairs(router.own_scenes(), first.file.semantics());
    Readings readings = read_all(first, second, communicator, options, progress, router, pairs);
    Comparison comparison;
    comparison.scenes = comm::agree(communicator, [&] {
        const std::uint64_t scenes = router.own_scenes().size();
        return pairs.summarise(options.resampling, options.relevant,
                               [&](std::uint64_t done) { progress("scenes", done, scenes); });
    });
    comparison.images = std::move(readings.images);
    comparison.explanations = communicator.sum(std::uint64_t{comparison.images.explanation_image.size()});
    comparison.summary = summarise(comparison, readings, options, communicator, [&] { progress("intervals", 1, 1); });
    return comparison;
}

}  // namespace semscope::comparison
