#include "semscope/core/errors.hpp"
#include "semscope/results/statistics_file.hpp"
#include "statistics_attribution_findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

namespace semscope::results {

namespace {

/// One scene of a statistics file under check.
struct Subject {
    const StatisticsReader& file;
    const std::string& name;
    Range scene;  ///< of one
    Problems& problems;

    void expect(bool condition, const std::string& what) const {
        if (!condition) problems.add(fmt::format("scene {}: {}", name, what));
    }
};

void check_counts(const Subject& subject) {
    const auto& [file, name, scene, problems] = subject;
    const auto confusion = file.confusion(scene);
    const std::uint32_t images = file.scene_images(scene)[0];
    const std::uint32_t top1 = file.scene_top(1, scene)[0];
    const std::uint32_t top2 = file.scene_top(2, scene)[0];
    const std::uint32_t top5 = file.scene_top(5, scene)[0];
    subject.expect(std::accumulate(confusion.begin(), confusion.end(), std::uint64_t{0}) == images,
                   "the confusion matrix does not add up to its images");
    subject.expect(confusion[scene.begin] == top1, "the diagonal of the confusion matrix is not its Top-1 count");
    subject.expect(top1 <= top2 && top2 <= top5 && top5 <= images, "Top-1, Top-2, Top-5 and images do not ascend");
    subject.expect(file.images(DeviationSet::correct, scene)[0] == top1,
                   "the correct predictions are not its Top-1 count");
    const std::uint32_t missed = file.distractor_images(scene)[0];
    subject.expect(missed + top1 == images, "recognised and missed images do not add up");
    const auto strongest = file.strongest(scene);
    const auto flip = file.flip(scene);
    for (std::size_t s = 0; s < flip.size(); ++s)
        subject.expect(strongest[s] <= flip[s] && flip[s] <= missed, fmt::format("distractor counts of class {}", s));
    (void)file.relevance(scene);  // the reader knows the sets
    if (file.has_shapley()) (void)file.relevance(scene, Attribution::shapley);
}

/// The samples against the numbers made of them.
void check_sample(const Subject& subject, DeviationSet set, Attribution attribution) {
    const auto& [file, name, scene, problems] = subject;
    const auto offsets = file.sample_offsets(set, scene);
    const auto values = file.sample_values(set, {offsets.front(), offsets.back()}, attribution);
    const auto present = file.present(set, scene);
    const std::uint32_t images = file.images(set, scene)[0];
    const auto mean = file.column(set, Column::mean, scene, attribution);
    const auto low = file.column(set, Column::ci_low, scene, attribution);
    const auto high = file.column(set, Column::ci_high, scene, attribution);
    const auto p = file.column(set, Column::p_value, scene, attribution);
    const auto q = file.column(set, Column::q_value, scene, attribution);
    for (std::size_t s = 0; s < present.size(); ++s) {
        const auto expect = [&](bool condition, const char* what) {
            subject.expect(condition, fmt::format("class {} of the {} set{}: {}", s, name_of(set),
                                                  attribution == Attribution::shapley ? ", Shapley values" : "", what));
        };
        const auto first = values.begin() + static_cast<std::ptrdiff_t>(offsets[s] - offsets[0]);
        const auto last = values.begin() + static_cast<std::ptrdiff_t>(offsets[s + 1] - offsets[0]);
        expect(last - first == static_cast<std::ptrdiff_t>(present[s]), "stored deviations are not those present");
        expect(present[s] <= images, "present in more images than there are");
        if (images == 0) {
            expect(std::isnan(mean[s]), "a mean without images");
            continue;
        }
        expect(std::abs(std::accumulate(first, last, 0.0) / images - mean[s]) <= 1e-12, "the mean is not its samples'");
        expect(low[s] <= high[s], "the interval is upside down");
        constexpr double rounding = 1 - 1e-12;  // q is a multiple of p by a ratio that may be 1
        expect(
            present[s] == 0 ? std::isnan(p[s]) && std::isnan(q[s]) : p[s] > 0 && p[s] * rounding <= q[s] && q[s] <= 1,
            "p and q values");
    }
}

/// Counts over the images, which the scenes must have, too. What is 0 is not stored: there are scenes * semantics of
/// them.
struct ImageCounts {
    explicit ImageCounts(const StatisticsReader& file) : top1(file.scenes()), top2(top1), top5(top1) {}
    std::vector<std::uint32_t> top1, top2, top5;
    std::map<std::pair<std::size_t, std::size_t>, std::uint32_t> strongest, flip;  ///< by scene and class
};

void count_images(const ImageStatistics& rows, ImageCounts& counts, Problems& problems) {
    std::size_t flip = 0;
    for (std::size_t i = 0; i < rows.images.size(); ++i) {
        const std::uint64_t flips = rows.flip_count[i];
        const bool correct = rows.scene[i] >= 0 && rows.scene[i] == rows.predicted[i];
        const bool missed = rows.scene[i] >= 0 && rows.predicted[i] >= 0 && !correct;
        const auto expect = [&](bool condition, const char* what) {
            if (!condition) problems.add(fmt::format("image {}: {}", rows.images.begin + i, what));
        };
        expect((rows.predicted[i] >= 0) == (rows.status[i] == stored(ImageStatus::done)), "a prediction of its status");
        expect(correct == (rows.correct[i] == 1) && correct == (rows.rank[i] == 1), "correct, rank and scenes");
        expect(missed || (flips == 0 && rows.distractor[i] == 0), "distractors of an image that is not missed");
        const std::size_t row = rows.scene[i] < 0 ? 0 : static_cast<std::size_t>(rows.scene[i]);
        const std::uint32_t rank = rows.rank[i];
        if (rank == 1) ++counts.top1[row];
        if (rank >= 1 && rank <= 2) ++counts.top2[row];
        if (rank >= 1 && rank <= 5) ++counts.top5[row];
        if (missed && rows.distractor[i] > 0) ++counts.strongest[{row, rows.distractor[i]}];
        for (std::uint64_t k = 0; k < flips; ++k, ++flip)
            if (missed) ++counts.flip[{row, rows.flip[flip]}];
    }
}

/// The images against the counts of their scenes.
void check_images(const StatisticsReader& file, Problems& problems, std::size_t limit) {
    ImageCounts counts(file);
    constexpr std::uint64_t block = 65536;
    for (std::uint64_t begin = 0; begin < file.images() && problems.list().size() < limit; begin += block)
        count_images(file.image_statistics({begin, std::min(begin + block, file.images())}), counts, problems);
    const Range all{0, file.scenes()};
    if (counts.top1 != file.scene_top(1, all) || counts.top2 != file.scene_top(2, all) ||
        counts.top5 != file.scene_top(5, all))
        problems.add("the ranks of /image are not those of the Top-1, Top-2 and Top-5 counts");
    std::uint64_t distractors = 0, flips = 0;  // in the datasets of the scenes
    bool agree = true;
    for (std::uint64_t c = 0; c < file.scenes(); ++c) {
        const auto strongest = file.strongest({c, c + 1}), flip = file.flip({c, c + 1});
        for (std::size_t s = 0; s < flip.size(); ++s) {
            if (strongest[s] > 0) {
                ++distractors;
                const auto found = counts.strongest.find({c, s});
                agree = agree && found != counts.strongest.end() && found->second == strongest[s];
            }
            if (flip[s] > 0) {
                ++flips;
                const auto found = counts.flip.find({c, s});
                agree = agree && found != counts.flip.end() && found->second == flip[s];
            }
        }
    }
    if (!agree || distractors != counts.strongest.size() || flips != counts.flip.size())
        problems.add("the distractors of /image are not those of /distractor");
}

}  // namespace

std::vector<std::string> check_statistics_content(const StatisticsReader& file, std::size_t limit) {
    Problems problems;
    const auto names = file.scene_names();
    std::uint64_t images = 0;
    for (std::uint64_t c = 0; c < file.scenes() && problems.list().size() < limit; ++c) {
        const Subject subject{file, names[c], {c, c + 1}, problems};
        images += file.scene_images(subject.scene)[0];
        problems.collect([&] { check_counts(subject); });
        for (const DeviationSet set : {DeviationSet::correct, DeviationSet::predicted}) {
            problems.collect([&] { check_sample(subject, set, Attribution::occlusion); });
            if (file.has_shapley()) problems.collect([&] { check_sample(subject, set, Attribution::shapley); });
        }
        if (file.has_interactions()) problems.collect([&] { check_interactions(file, c, names[c], problems); });
    }
    if (problems.list().size() < limit && images != file.evaluation().images)
        problems.add("the images of all scenes are not those of /evaluation");
    if (file.has_images() && problems.list().empty()) problems.collect([&] { check_images(file, problems, limit); });
    if (file.has_faithfulness() && problems.list().size() < limit)
        problems.collect([&] { check_faithfulness(file, problems); });
    auto findings = problems.list();
    findings.resize(std::min(findings.size(), limit));
    return findings;
}

}  // namespace semscope::results
