#include "statistics_attribution_findings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace semscope::results {
namespace {

/// The areas under the curves of a scene, or of all images; NaN where there are no images.
void check_areas(const FaithfulnessRows& rows, std::uint64_t images, const std::string& name, Problems& problems) {
    const auto column = [&](AreaColumn which) -> const auto& {
        return rows.columns.at(static_cast<std::size_t>(which));
    };
    const auto& mean = column(AreaColumn::mean);
    const auto& low = column(AreaColumn::ci_low);
    const auto& high = column(AreaColumn::ci_high);
    constexpr double rounding = 1e-6;  // areas are stored as float32
    for (std::size_t i = 0; i < mean.size(); ++i)
        if (images == 0 ? !std::isnan(mean[i])
                        : !(mean[i] >= -rounding && mean[i] <= 1 + rounding && low[i] <= high[i]))
            problems.add(fmt::format("faithfulness of {}: entry {} is no mean area with its interval", name, i));
}

constexpr std::size_t insertion = static_cast<std::size_t>(CurveColumn::insertion);

/// The mean curves of a scene, or of all images: probabilities in their band, and what one curve of a kind begins with
/// the other ends with.
void check_curves(const FaithfulnessRows& rows, std::uint64_t images, const std::string& name, Problems& problems) {
    constexpr double rounding = 1e-6;  // curves are stored as float32
    const auto expect = [&](bool condition, std::size_t entry, const char* what) {
        if (!condition) problems.add(fmt::format("faithfulness of {}: entry {} {}", name, entry, what));
    };
    for (std::size_t curve : {std::size_t{0}, insertion}) {
        const auto &mean = rows.curves.at(curve), &low = rows.curves.at(curve + 1), &high = rows.curves.at(curve + 2);
        for (std::size_t i = 0; i < mean.size(); ++i)
            expect(images == 0 ? std::isnan(mean[i])
                               : mean[i] >= -rounding && mean[i] <= 1 + rounding && low[i] <= high[i],
                   i, "is no point of a mean curve with its interval");
    }
    const auto &deletion_curve = rows.curves.front(), &insertion_curve = rows.curves.at(insertion);
    for (std::size_t begin = 0; images > 0 && begin < deletion_curve.size(); begin += curve_points) {
        const std::size_t end = begin + curve_points - 1;
        expect(std::abs(deletion_curve[begin] - insertion_curve[end]) <= rounding &&
                   std::abs(deletion_curve[end] - insertion_curve[begin]) <= rounding,
               begin, "begins a deletion curve that does not end where the insertion curve begins, or the reverse");
    }
}

/// Adds the curves of a scene, each as often as it has images.
void add_curves(const FaithfulnessRows& rows, std::vector<double>& sum) {
    sum.resize(2 * rows.curves.front().size());
    for (std::size_t i = 0; i < rows.curves.front().size() && rows.images[0] > 0; ++i) {
        sum[i] += rows.images[0] * rows.curves.front()[i];
        sum[rows.curves.front().size() + i] += rows.images[0] * rows.curves.at(insertion)[i];
    }
}

}  // namespace

/// The mean over all images is that of the scenes, by their images.
void check_faithfulness(const StatisticsReader& file, Problems& problems) {
    const auto names = file.scene_names();
    const FaithfulnessRows overall = file.overall_faithfulness();
    const auto& mean = overall.columns.front();
    std::vector<double> sum(mean.size());
    std::vector<double> curves;  // sums over the images, of deletion, then of insertion
    std::uint64_t images = 0;
    for (std::uint64_t c = 0; c < file.scenes(); ++c) {
        const FaithfulnessRows rows = file.faithfulness({c, c + 1});
        if (rows.images[0] > file.images(DeviationSet::predicted, {c, c + 1})[0])
            problems.add(fmt::format("faithfulness of scene {}: more images than are predicted", names[c]));
        check_areas(rows, rows.images[0], "scene " + names[c], problems);
        check_curves(rows, rows.images[0], "scene " + names[c], problems);
        add_curves(rows, curves);
        images += rows.images[0];
        for (std::size_t i = 0; i < sum.size() && rows.images[0] > 0; ++i)
            sum[i] += rows.images[0] * rows.columns.front()[i];
    }
    check_areas(overall, images, "all images", problems);
    check_curves(overall, images, "all images", problems);
    const auto& deletion_curve = overall.curves.front();
    for (std::size_t i = 0; i < curves.size() && images > 0; ++i) {
        const std::size_t n = deletion_curve.size();
        const double all = i < n ? deletion_curve[i] : overall.curves.at(insertion)[i - n];
        if (!(std::abs(curves[i] / static_cast<double>(images) - all) <= 1e-9))
            problems.add(
                fmt::format("faithfulness of all images: point {} of the curves is not the mean of the scenes", i));
    }
    for (std::size_t i = 0; i < sum.size() && images > 0; ++i)
        if (!(std::abs(sum[i] / static_cast<double>(images) - mean[i]) <= 1e-9))
            problems.add(fmt::format("faithfulness of all images: entry {} is not the mean of the scenes", i));
}

void check_interactions(const StatisticsReader& file, std::uint64_t scene, const std::string& name,
                        Problems& problems) {
    const Range range{scene, scene + 1};
    for (const InteractionScene of : {InteractionScene::predicted, InteractionScene::truth}) {
        const InteractionRows rows = file.interactions(of, range);
        const std::uint32_t images = of == InteractionScene::predicted ? file.images(DeviationSet::predicted, range)[0]
                                                                       : file.scene_images(range)[0];
        for (std::size_t i = 0; i < rows.first.size(); ++i) {
            const auto at = [&](InteractionColumn column) { return rows.column(column)[i]; };
            const auto expect = [&](bool condition, const char* what) {
                if (!condition)
                    problems.add(fmt::format("scene {}: interaction of classes {} and {} ({}): {}", name, rows.first[i],
                                             rows.second[i], name_of(of), what));
            };
            expect(
                i == 0 || std::pair(rows.first[i - 1], rows.second[i - 1]) < std::pair(rows.first[i], rows.second[i]),
                "the pairs do not ascend");
            expect(rows.images[i] > 0 && rows.images[i] <= images, "in more images than there are, or in none");
            constexpr double largest = 2.001;
            expect(std::abs(at(InteractionColumn::mean)) <= largest, "no difference of probabilities");
            expect(at(InteractionColumn::ci_low) <= at(InteractionColumn::ci_high), "the interval is upside down");
            constexpr double rounding = 1 - 1e-12;  // as for deviations
            const double p = at(InteractionColumn::p_value), q = at(InteractionColumn::q_value);
            expect(p > 0 && p * rounding <= q && q <= 1, "p and q values");
        }
    }
}

}  // namespace semscope::results
