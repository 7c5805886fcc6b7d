#include "faithfulness.hpp"

#include "semscope/comm/agreement.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/statistics/sample.hpp"
#include "semscope/statistics/scene_router.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace semscope::statistics {

using results::AreaColumn;
using results::curve_areas;

std::vector<OrderKind> order_kinds(std::span<const std::string> orders) {
    std::vector<OrderKind> kinds;
    for (std::size_t i = 0; i < orders.size(); ++i) {
        const std::string name = orders[i].starts_with("random") ? "random" : orders[i];
        const auto known =
            std::find_if(kinds.begin(), kinds.end(), [&](const auto& kind) { return kind.name == name; });
        if (known == kinds.end())
            kinds.push_back({name, {i}});
        else
            known->orders.push_back(i);
    }
    return kinds;
}

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

struct MeanWithInterval {
    double mean = none;
    Interval ci{none, none};
};

MeanWithInterval mean_of(const std::vector<float>& values, const DrawKey& key, Intervals& intervals) {
    if (values.empty()) return {};
    double sum = 0;
    for (const float value : values) sum += static_cast<double>(value);
    return {sum / static_cast<double>(values.size()), bootstrap_mean({values, values.size()}, key, intervals)};
}

void append(results::FaithfulnessRows& rows, AreaColumn first, const MeanWithInterval& numbers) {
    const auto i = static_cast<std::size_t>(first);
    rows.columns.at(i).push_back(numbers.mean);
    rows.columns.at(i + 1).push_back(numbers.ci.low);
    rows.columns.at(i + 2).push_back(numbers.ci.high);
}

}  // namespace

void append_areas(results::FaithfulnessRows& rows, std::span<const KindAreas> areas, std::span<const OrderKind> kinds,
                  const DrawKey& key, Intervals& intervals) {
    const std::size_t count = kinds.empty() ? 0 : areas.size() / kinds.size();
    const auto place = [&](const char* name) {
        return static_cast<std::size_t>(
            std::find_if(kinds.begin(), kinds.end(), [&](const auto& kind) { return kind.name == name; }) -
            kinds.begin());
    };
    for (std::size_t a = 0; a < curve_areas.size(); ++a)
        for (std::size_t k = 0; k < kinds.size(); ++k) {
            const auto value = [&](std::size_t image, std::size_t kind) {
                return areas[image * kinds.size() + kind].area.at(a);
            };
            DrawKey own = key;
            own.semantic = static_cast<std::uint16_t>(3 * (a * kinds.size() + k));
            std::vector<float> values;
            for (std::size_t i = 0; i < count; ++i) values.push_back(value(i, k));
            append(rows, AreaColumn::mean, mean_of(values, own, intervals));
            for (const auto& [column, baseline] : {std::pair{AreaColumn::minus_random, place("random")},
                                                   std::pair{AreaColumn::minus_area, place("area")}}) {
                ++own.semantic;
                values.clear();
                if (baseline != k && baseline < kinds.size())
                    for (std::size_t i = 0; i < count; ++i) values.push_back(value(i, k) - value(i, baseline));
                append(rows, column, mean_of(values, own, intervals));
            }
        }
}

namespace {

using Router = SceneRouter<AreaRecord, KindCurves>;

/// The areas and curves of a range of images, all orders.
class CurveBlock {
  public:
    CurveBlock(const results::OcclusionReader& file, results::Range images)
        : begin_(images.begin), orders_(file.orders().size()), offsets_(file.variant_offsets(images)) {
        for (std::size_t a = 0; a < curve_areas.size(); ++a) areas_.at(a) = file.areas(curve_areas.at(a), images);
        const results::Range variants{offsets_.front(), offsets_.back()};
        deletion_ = file.deletion_curves(variants);
        insertion_ = file.insertion_curves(variants);
    }

    /// What an image says of each kind, the mean over the orders of a kind; none for an image without classes. Throws
    /// InputError for what is no area of probabilities, or no probability.
    std::vector<KindCurves> of(std::uint32_t image, std::span<const OrderKind> kinds) const {
        std::vector<KindCurves> result;
        if (std::isnan(area(0, image, 0))) return result;
        for (const OrderKind& kind : kinds) {
            KindCurves one;
            for (std::size_t a = 0; a < curve_areas.size(); ++a) {
                double sum = 0;
                for (const std::size_t order : kind.orders) sum += static_cast<double>(area(a, image, order));
                one.areas.area.at(a) = static_cast<float>(sum / static_cast<double>(kind.orders.size()));
                require_probability(one.areas.area.at(a), image, "the area under a curve");
            }
            std::vector<CurvePair> pairs;
            for (const std::size_t order : kind.orders) pairs.push_back(curves(image, order));
            one.curves = mean_of(pairs);
            result.push_back(one);
        }
        return result;
    }

  private:
    static void require_probability(float value, std::uint32_t image, const char* what) {
        if (!(value >= 0 && value <= 1.001F))
            throw InputError(fmt::format("image {} is damaged: {} is {}", image, what, value));
    }

    float area(std::size_t area, std::uint32_t image, std::size_t order) const {
        return areas_.at(area).at((image - begin_) * orders_ + order);
    }

    /// Both curves of an order from k = 0 on: each begins where the other ends, with everything, and with nothing.
    CurvePair curves(std::uint32_t image, std::size_t order) const {
        const std::uint64_t first = offsets_.at(image - begin_) - offsets_.front();
        const std::uint64_t end = offsets_.at(image - begin_ + 1) - offsets_.front();
        std::vector<float> deletion{0}, insertion{0};
        for (std::uint64_t row = first; row < end; ++row) {
            deletion.push_back(deletion_.at(row * orders_ + order));
            insertion.push_back(insertion_.at(row * orders_ + order));
            require_probability(deletion.back(), image, "a point of a deletion curve");
            require_probability(insertion.back(), image, "a point of an insertion curve");
        }
        deletion.front() = insertion.back();
        insertion.front() = deletion.back();
        return {at_shares(deletion), at_shares(insertion)};
    }

    std::uint64_t begin_;
    std::size_t orders_;
    std::vector<std::uint64_t> offsets_;
    std::array<std::vector<float>, curve_areas.size()> areas_;
    std::vector<float> deletion_;   ///< [variants,O]
    std::vector<float> insertion_;  ///< [variants,O]
};

/// Posts what entries [begin, end) of the done images say, and appends it to `own`.
void post_curves(const results::OcclusionReader& file, const DoneImages& done, comm::Range entries,
                 std::span<const OrderKind> kinds, Router& router, std::vector<KindCurves>& own) {
    if (entries.size() == 0) return;
    const CurveBlock block(file, {done.images[entries.begin], std::uint64_t{done.images[entries.end - 1]} + 1});
    for (std::uint64_t i = entries.begin; i < entries.end; ++i) {
        const auto curves = block.of(done.images[i], kinds);
        if (curves.empty()) continue;
        own.insert(own.end(), curves.begin(), curves.end());
        router.post({done.images[i], done.predicted[i], static_cast<std::uint32_t>(curves.size())}, curves);
    }
}

/// Appends the row of some images, in image order.
void append_rows(results::FaithfulnessRows& rows, std::span<const KindCurves> images, std::span<const OrderKind> kinds,
                 const DrawKey& key, Intervals& intervals) {
    std::vector<KindAreas> areas;
    std::vector<CurvePair> curves;
    for (const KindCurves& each : images) {
        areas.push_back(each.areas);
        curves.push_back(each.curves);
    }
    append_areas(rows, areas, kinds, key, intervals);
    DrawKey own = key;
    own.set = static_cast<std::uint8_t>(key.set + mean_curve_sets);
    append_curves(rows, curves, kinds.size(), own, intervals);
}

}  // namespace

Faithfulness measure_faithfulness(const results::OcclusionReader& file, const comm::Communicator& communicator,
                                  const DoneImages& done, const ResamplingOptions& resampling,
                                  const ReductionProgress& progress) {
    constexpr std::size_t images_at_once = 4096;
    const std::vector<OrderKind> kinds = order_kinds(file.orders());
    Router router(communicator, file.scenes());
    const comm::Range scenes = router.own_scenes();
    using SceneCurves = std::vector<std::pair<std::uint32_t, std::vector<KindCurves>>>;
    std::vector<SceneCurves> of_scene(scenes.size());
    std::vector<KindCurves> own;
    const auto rounds = communicator.max((done.size() + images_at_once - 1) / images_at_once);
    for (std::size_t round = 0; round < rounds; ++round) {
        const std::size_t begin = std::min(round * images_at_once, done.size());
        const comm::Range entries{begin, std::min(begin + images_at_once, done.size())};
        comm::agree(communicator, [&] {
            progress("curves", round, rounds);
            post_curves(file, done, entries, kinds, router, own);
        });
        router.exchange([&](const AreaRecord& record, std::span<const KindCurves> curves) {
            of_scene[record.scene - scenes.begin].emplace_back(record.image, std::vector(curves.begin(), curves.end()));
        });
    }
    Faithfulness result;
    comm::agree(communicator, [&] {
        OwnIntervals intervals(resampling.resamples);
        for (std::size_t c = 0; c < of_scene.size(); ++c) {
            progress("faithfulness", c, of_scene.size());
            std::sort(of_scene[c].begin(), of_scene[c].end(),
                      [](const auto& a, const auto& b) { return a.first < b.first; });
            std::vector<KindCurves> images;
            for (const auto& [image, each] : of_scene[c]) images.insert(images.end(), each.begin(), each.end());
            result.scenes.images.push_back(static_cast<std::uint32_t>(of_scene[c].size()));
            append_rows(result.scenes, images, kinds,
                        {.seed = resampling.seed,
                         .set = static_cast<std::uint8_t>(AreaSet::scene),
                         .scene = static_cast<std::uint32_t>(scenes.begin + c)},
                        intervals);
            of_scene[c] = {};
        }
        progress("faithfulness", of_scene.size(), of_scene.size());
    });
    // Rank 0 alone would draw all resamples of all images while the others waited.
    const std::vector<KindCurves> all = communicator.all_gather(own);
    std::uint64_t drawn = 0;
    const std::uint64_t sets = (3 * curve_areas.size() + 2) * kinds.size();
    make_shared_intervals(
        communicator, resampling.resamples,
        [&](Intervals& intervals) {
            result.overall = {};
            append_rows(result.overall, all, kinds,
                        {.seed = resampling.seed, .set = static_cast<std::uint8_t>(AreaSet::all)}, intervals);
        },
        [&] { progress("overall faithfulness", std::min(++drawn, sets), sets); });
    if (!communicator.is_root()) result.overall = {};
    return result;
}

std::string faithfulness_table(const results::FaithfulnessRows& overall, std::span<const OrderKind> kinds) {
    if (overall.columns[0].empty()) return "";
    const auto column = [&](AreaColumn name, std::size_t i) {
        return overall.columns.at(static_cast<std::size_t>(name))[i];
    };
    const auto cell = [&](AreaColumn first, std::size_t i) {
        const auto at = [&](std::size_t step) { return overall.columns.at(static_cast<std::size_t>(first) + step)[i]; };
        return std::isnan(at(0)) ? std::string("-") : fmt::format("{:.4f} [{:.4f}, {:.4f}]", at(0), at(1), at(2));
    };
    std::string out = fmt::format("\n{:<10} {:<10} {:<26} {:<28} {}\n", "curve", "order", "area", "minus random",
                                  "minus order by area");
    for (const auto& [name, area] : {std::pair{"deletion", std::size_t{0}}, std::pair{"insertion", std::size_t{2}}})
        for (std::size_t k = 0; k < kinds.size(); ++k) {
            const std::size_t i = area * kinds.size() + k;
            if (std::isnan(column(AreaColumn::mean, i))) continue;
            out += fmt::format("{:<10} {:<10} {:<26} {:<28} {}\n", name, kinds[k].name, cell(AreaColumn::mean, i),
                               cell(AreaColumn::minus_random, i), cell(AreaColumn::minus_area, i));
        }
    return out;
}

}  // namespace semscope::statistics
