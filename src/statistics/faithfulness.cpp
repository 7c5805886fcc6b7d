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

MeanWithInterval mean_of(const std::vector<float>& values, const DrawKey& key, std::uint32_t resamples) {
    if (values.empty()) return {};
    double sum = 0;
    for (const float value : values) sum += static_cast<double>(value);
    return {sum / static_cast<double>(values.size()), bootstrap_mean({values, values.size()}, key, resamples)};
}

void append(results::FaithfulnessRows& rows, AreaColumn first, const MeanWithInterval& numbers) {
    const auto i = static_cast<std::size_t>(first);
    rows.columns.at(i).push_back(numbers.mean);
    rows.columns.at(i + 1).push_back(numbers.ci.low);
    rows.columns.at(i + 2).push_back(numbers.ci.high);
}

}  // namespace

void append_areas(results::FaithfulnessRows& rows, std::span<const KindAreas> areas, std::span<const OrderKind> kinds,
                  const DrawKey& key, std::uint32_t resamples) {
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
            append(rows, AreaColumn::mean, mean_of(values, own, resamples));
            for (const auto& [column, baseline] : {std::pair{AreaColumn::minus_random, place("random")},
                                                   std::pair{AreaColumn::minus_area, place("area")}}) {
                ++own.semantic;
                values.clear();
                if (baseline != k && baseline < kinds.size())
                    for (std::size_t i = 0; i < count; ++i) values.push_back(value(i, k) - value(i, baseline));
                append(rows, column, mean_of(values, own, resamples));
            }
        }
}

namespace {

using Router = SceneRouter<AreaRecord, KindAreas>;

/// The areas of a range of images, all orders.
class AreaBlock {
  public:
    AreaBlock(const results::OcclusionReader& file, results::Range images)
        : begin_(images.begin), orders_(file.orders().size()) {
        for (std::size_t a = 0; a < curve_areas.size(); ++a) areas_.at(a) = file.areas(curve_areas.at(a), images);
    }

    /// The areas of an image by kind, the mean over the orders of a kind; none for an image without classes. Throws
    /// InputError for what is no area of probabilities.
    std::vector<KindAreas> of(std::uint32_t image, std::span<const OrderKind> kinds) const {
        std::vector<KindAreas> result;
        if (std::isnan(at(0, image, 0))) return result;
        for (const OrderKind& kind : kinds) {
            KindAreas one;
            for (std::size_t a = 0; a < curve_areas.size(); ++a) {
                double sum = 0;
                for (const std::size_t order : kind.orders) sum += static_cast<double>(at(a, image, order));
                one.area.at(a) = static_cast<float>(sum / static_cast<double>(kind.orders.size()));
                if (!(one.area.at(a) >= 0 && one.area.at(a) <= 1.001F))
                    throw InputError(
                        fmt::format("image {} is damaged: the area under a curve is {}", image, one.area.at(a)));
            }
            result.push_back(one);
        }
        return result;
    }

  private:
    float at(std::size_t area, std::uint32_t image, std::size_t order) const {
        return areas_.at(area).at((image - begin_) * orders_ + order);
    }

    std::uint64_t begin_;
    std::size_t orders_;
    std::array<std::vector<float>, curve_areas.size()> areas_;
};

/// Some images of this rank: those of entries [begin, end) of `images`.
struct Share {
    std::span<const std::uint32_t> images;
    std::span<const std::uint32_t> predicted;

    Share part(std::size_t round, std::size_t size) const {
        const std::size_t begin = std::min(round * size, images.size());
        const std::size_t count = std::min(size, images.size() - begin);
        return {images.subspan(begin, count), predicted.subspan(begin, count)};
    }
};

/// Posts the areas of the images, and appends them to `own`.
void post_areas(const results::OcclusionReader& file, const Share& share, std::span<const OrderKind> kinds,
                Router& router, std::vector<KindAreas>& own) {
    if (share.images.empty()) return;
    const AreaBlock block(file, {share.images.front(), std::uint64_t{share.images.back()} + 1});
    for (std::size_t i = 0; i < share.images.size(); ++i) {
        const auto areas = block.of(share.images[i], kinds);
        if (areas.empty()) continue;
        own.insert(own.end(), areas.begin(), areas.end());
        router.post({share.images[i], share.predicted[i], static_cast<std::uint32_t>(areas.size())}, areas);
    }
}

}  // namespace

Faithfulness measure_faithfulness(const results::OcclusionReader& file, const comm::Communicator& communicator,
                                  std::span<const std::uint32_t> images, std::span<const std::uint32_t> predicted,
                                  const ResamplingOptions& resampling) {
    constexpr std::size_t images_at_once = 4096;
    const std::vector<OrderKind> kinds = order_kinds(file.orders());
    const Share share{images, predicted};
    Router router(communicator, file.scenes());
    const comm::Range scenes = router.own_scenes();
    using SceneAreas = std::vector<std::pair<std::uint32_t, std::vector<KindAreas>>>;
    std::vector<SceneAreas> of_scene(scenes.size());
    std::vector<KindAreas> own;
    const auto rounds = communicator.max((images.size() + images_at_once - 1) / images_at_once);
    for (std::size_t round = 0; round < rounds; ++round) {
        comm::agree(communicator, [&] { post_areas(file, share.part(round, images_at_once), kinds, router, own); });
        router.exchange([&](const AreaRecord& record, std::span<const KindAreas> areas) {
            of_scene[record.scene - scenes.begin].emplace_back(record.image, std::vector(areas.begin(), areas.end()));
        });
    }
    const auto parts = communicator.gather(own);
    return comm::agree(communicator, [&] {
        Faithfulness result;
        for (std::size_t c = 0; c < of_scene.size(); ++c) {
            std::sort(of_scene[c].begin(), of_scene[c].end(),
                      [](const auto& a, const auto& b) { return a.first < b.first; });
            std::vector<KindAreas> areas;
            for (const auto& [image, each] : of_scene[c]) areas.insert(areas.end(), each.begin(), each.end());
            result.scenes.images.push_back(static_cast<std::uint32_t>(of_scene[c].size()));
            append_areas(result.scenes, areas, kinds,
                         {.seed = resampling.seed,
                          .set = static_cast<std::uint8_t>(AreaSet::scene),
                          .scene = static_cast<std::uint32_t>(scenes.begin + c)},
                         resampling.resamples);
        }
        if (!communicator.is_root()) return result;
        std::vector<KindAreas> all;
        for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
        append_areas(result.overall, all, kinds,
                     {.seed = resampling.seed, .set = static_cast<std::uint8_t>(AreaSet::all)}, resampling.resamples);
        return result;
    });
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
