#include "semscope/core/errors.hpp"
#include "semscope/results/comparison_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace semscope::results {
namespace {

/// How often each class has a role in the images of a scene, by (scene, class); counted from the explanations.
using RoleCounts = std::map<std::pair<std::int32_t, std::uint16_t>, std::uint32_t>;

/// What the images of the file say of its scenes, to be compared with what the scenes say.
struct FromImages {
    explicit FromImages(std::uint64_t scenes)
        : images(scenes), both(scenes), neither(scenes), rank_images(scenes), alone{both, both} {}
    std::vector<std::uint32_t> images, both, neither, rank_images;  ///< [C]
    std::array<std::vector<std::uint32_t>, side_count> alone;       ///< [C]
    std::array<RoleCounts, side_count> necessary, flip;
    std::uint64_t done = 0, same = 0;
};

void count_image(FromImages& found, std::int32_t truth, std::int32_t first, std::int32_t second, float rank) {
    if (first < 0 || second < 0) return;
    ++found.done;
    found.same += first == second ? 1 : 0;
    if (truth < 0) return;
    const auto c = static_cast<std::size_t>(truth);
    ++found.images[c];
    found.rank_images[c] += std::isnan(rank) ? 0 : 1;
    const bool a = first == truth, b = second == truth;
    ++(a && b ? found.both : a ? found.alone[0] : b ? found.alone[1] : found.neither)[c];
}

/// The explanations of a block of images, whose rows are `rows`.
void count_roles(FromImages& found, const ComparedImages& explanations, const ComparedImages& rows,
                 Problems& problems) {
    for (std::size_t i = 0; i < explanations.explanation_image.size(); ++i) {
        const std::size_t image = explanations.explanation_image[i] - rows.images.begin;
        const std::int32_t truth = rows.scene[image];
        const bool a = rows.predicted[0][image] == truth, b = rows.predicted[1][image] == truth;
        if (truth < 0 || a == b) {
            problems.add(fmt::format("image {} has an explanation without need", explanations.explanation_image[i]));
            continue;
        }
        const auto key = std::pair(truth, explanations.explanation_semantic[i]);
        const std::uint8_t role = explanations.explanation_role[i];
        found.necessary.at(a ? 0 : 1)[key] += role & static_cast<std::uint8_t>(Role::necessary);
        found.flip.at(a ? 0 : 1)[key] += (role & static_cast<std::uint8_t>(Role::flip)) != 0 ? 1 : 0;
    }
}

FromImages read_images(const ComparisonReader& file, Problems& problems) {
    constexpr std::uint64_t block = 65536;
    FromImages found(file.scenes());
    const ComparedImages explanations = file.read_explanations({0, file.explanations()});
    const auto& image = explanations.explanation_image;
    for (std::uint64_t begin = 0; begin < file.images(); begin += block) {
        const ComparedImages rows = file.read_images({begin, std::min(file.images(), begin + block)});
        for (std::size_t i = 0; i < rows.scene.size(); ++i)
            count_image(found, rows.scene[i], rows.predicted[0][i], rows.predicted[1][i], rows.rank_correlation[i]);
        const auto place = [&](std::uint64_t first) {
            return std::lower_bound(image.begin(), image.end(), first) - image.begin();
        };
        const auto part = [&](const auto& all) {
            return std::vector(all.begin() + place(rows.images.begin), all.begin() + place(rows.images.end));
        };
        ComparedImages own;
        own.explanation_image = part(explanations.explanation_image);
        own.explanation_semantic = part(explanations.explanation_semantic);
        own.explanation_role = part(explanations.explanation_role);
        count_roles(found, own, rows, problems);
    }
    return found;
}

/// One scene, with what the images say of it.
struct Subject {
    const ComparedScenes& rows;
    const FromImages& found;
    const ComparisonSummary& summary;
    std::string name;
    Problems& problems;

    std::size_t index() const { return rows.scenes.begin; }
    void expect(bool condition, const std::string& what) const {
        if (!condition) problems.add(fmt::format("scene {}: {}", name, what));
    }
};

void check_images(const Subject& subject) {
    const auto& [rows, found, summary, name, problems] = subject;
    const std::size_t c = subject.index();
    subject.expect(rows.images[0] == found.images[c], "its images are not those of /image");
    subject.expect(rows.both[0] == found.both[c] && rows.neither[0] == found.neither[c] &&
                       rows.alone[0][0] == found.alone[0][c] && rows.alone[1][0] == found.alone[1][c],
                   "who recognises its images is not what /image says");
    subject.expect(rows.rank_images[0] == found.rank_images[c], "its rank correlations are not those of /image");
}

/// Sets and roles of a class.
void check_sets(const Subject& subject, std::size_t s) {
    const auto& [rows, found, summary, name, problems] = subject;
    const std::pair key(static_cast<std::int32_t>(subject.index()), static_cast<std::uint16_t>(s));
    const auto count = [&](const RoleCounts& counts) {
        const auto at = counts.find(key);
        return at == counts.end() ? 0U : at->second;
    };
    for (const Side side : sides) {
        const std::size_t i = index_of(side);
        subject.expect((rows.relevant.at(i)[s] != 0) == (rows.correct_mean.at(i)[s] > summary.relevant),
                       fmt::format("class {} is relevant, but not by its mean, or the reverse", s));
        subject.expect(
            rows.necessary.at(i)[s] == count(found.necessary.at(i)) && rows.flip.at(i)[s] == count(found.flip.at(i)),
            fmt::format("the roles of class {} are not those of /explanation", s));
    }
}

void check_difference(const Subject& subject, std::size_t s) {
    const ComparedScenes& rows = subject.rows;
    const auto column = [&](DifferenceColumn which) { return rows.columns.at(static_cast<std::size_t>(which))[s]; };
    const auto expect = [&](bool condition, const char* what) {
        subject.expect(condition, fmt::format("class {}: {}", s, what));
    };
    expect(rows.present[s] <= rows.images[0], "present in more images than there are");
    const double p = column(DifferenceColumn::p_value), q = column(DifferenceColumn::q_value);
    constexpr double rounding = 1 - 1e-12;  // q is a multiple of p by a ratio that may be 1
    expect(rows.present[s] == 0 ? std::isnan(p) && std::isnan(q) : p > 0 && p * rounding <= q && q <= 1,
           "p and q values");
    if (rows.images[0] == 0) return;
    const double difference = column(DifferenceColumn::mean_second) - column(DifferenceColumn::mean_first);
    expect(std::abs(column(DifferenceColumn::mean) - difference) <= 1e-6, "the difference is not that of its means");
    expect(column(DifferenceColumn::ci_low) <= column(DifferenceColumn::ci_high), "the interval is upside down");
}

void check_jaccard(const Subject& subject) {
    const auto& [first, second] = subject.rows.relevant;
    std::uint64_t shared = 0, any = 0;
    for (std::size_t s = 0; s < first.size(); ++s) {
        shared += first[s] != 0 && second[s] != 0 ? 1 : 0;
        any += first[s] != 0 || second[s] != 0 ? 1 : 0;
    }
    const double stored = subject.rows.jaccard[0];
    subject.expect(any == 0 ? std::isnan(stored)
                            : std::abs(stored - static_cast<double>(shared) / static_cast<double>(any)) <= 1e-12,
                   "the Jaccard index is not that of its sets");
}

void check_scene(const Subject& subject) {
    check_images(subject);
    for (std::size_t s = 0; s < subject.rows.present.size(); ++s) {
        check_sets(subject, s);
        check_difference(subject, s);
    }
    check_jaccard(subject);
}

}  // namespace

std::vector<std::string> check_comparison_content(const ComparisonReader& file, std::size_t limit) {
    Problems problems;
    problems.collect([&] {
        const auto names = file.scene_names();
        const ComparisonSummary summary = file.summary();
        const FromImages found = read_images(file, problems);
        if (found.done != summary.images || found.same != summary.same_prediction)
            problems.add("the images of /image are not those of /recognised");
        std::uint64_t judged = 0;
        for (std::uint64_t c = 0; c < file.scenes() && problems.list().size() < limit; ++c) {
            judged += found.images[c];
            check_scene({file.read_scenes({c, c + 1}), found, summary, names[c], problems});
        }
        if (problems.list().size() < limit && judged != summary.judged)
            problems.add("the images of all scenes are not those of /recognised");
    });
    auto findings = problems.list();
    findings.resize(std::min(findings.size(), limit));
    return findings;
}

}  // namespace semscope::results
