#include "interaction_means.hpp"

#include "semscope/comm/agreement.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/statistics/scene_router.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace semscope::statistics {

using results::InteractionScene;
using results::Range;

void append_interactions(results::InteractionRows& rows, std::vector<PairValue> values, const DrawKey& key,
                         const ResamplingOptions& resampling, const std::function<void()>& tick) {
    const auto place = [](const PairValue& one) { return std::tuple(one.first, one.second, one.image); };
    std::sort(values.begin(), values.end(),
              [&](const PairValue& a, const PairValue& b) { return place(a) < place(b); });
    std::vector<double> p_values;
    for (std::size_t begin = 0; begin < values.size();) {
        const PairValue& pair = values[begin];
        std::vector<float> sample;
        double sum = 0;
        std::size_t end = begin;
        for (; end < values.size() && values[end].first == pair.first && values[end].second == pair.second; ++end) {
            sample.push_back(values[end].value);
            sum += static_cast<double>(values[end].value);
        }
        // 16 bits of the pair: draws that two pairs of a scene share make neither of them worse.
        DrawKey own = key;
        own.semantic = static_cast<std::uint16_t>(pair.first * 257U + pair.second);
        const Interval ci = bootstrap_mean({sample, sample.size()}, own, resampling.resamples);
        p_values.push_back(sign_flip_p_value(sample, own, resampling.permutations));
        rows.first.push_back(pair.first);
        rows.second.push_back(pair.second);
        rows.images.push_back(static_cast<std::uint32_t>(sample.size()));
        const std::array numbers{sum / static_cast<double>(sample.size()), ci.low, ci.high, p_values.back()};
        for (std::size_t i = 0; i < numbers.size(); ++i) rows.columns.at(i).push_back(numbers.at(i));
        begin = end;
        tick();
    }
    rows.count.push_back(p_values.size());
    auto& q_values = rows.columns.at(static_cast<std::size_t>(results::InteractionColumn::q_value));
    for (const double q : adjust_p_values(p_values)) q_values.push_back(q);
}

namespace {

/// The pairs of an image, for one scene. Plain.
struct ImagePairs {
    std::uint32_t image = 0;
    std::uint32_t scene = 0;
    std::uint32_t classes = 0;  ///< number of PairParts that belong to it
};

/// Plain.
struct PairPart {
    std::uint16_t first = 0;
    std::uint16_t second = 0;
    float value = 0;
};

using Router = SceneRouter<ImagePairs, PairPart>;
using Routers = std::array<Router, 2>;  // by InteractionScene
constexpr std::array both_scenes{InteractionScene::predicted, InteractionScene::truth};

/// The pairs of a range of images.
class PairBlock {
  public:
    PairBlock(const results::OcclusionReader& file, Range images)
        : begin_(images.begin), semantics_(file.semantics()), offsets_(file.pair_offsets(images)) {
        const Range pairs{offsets_.front(), offsets_.back()};
        image_ = file.pair_images(pairs);
        first_ = file.pair_first(pairs);
        second_ = file.pair_second(pairs);
        for (const InteractionScene of : both_scenes)
            values_.at(static_cast<std::size_t>(of)) = file.interactions(of, pairs);
    }

    /// Throws InputError for what is no pair of the image, or no difference of probabilities.
    std::vector<PairPart> of(std::uint32_t image, InteractionScene scene) const {
        constexpr float largest = 2.001F;  // two differences of probabilities, and rounding
        std::vector<PairPart> parts;
        const auto last = offsets_.at(image - begin_ + 1) - offsets_.front();
        for (auto i = offsets_.at(image - begin_) - offsets_.front(); i < last; ++i) {
            const PairPart part{first_.at(i), second_.at(i), values_.at(static_cast<std::size_t>(scene)).at(i)};
            const bool ascends = parts.empty() || std::pair(parts.back().first, parts.back().second) <
                                                      std::pair(part.first, part.second);
            if (image_.at(i) != image || part.first == 0 || part.first >= part.second || part.second >= semantics_ ||
                !ascends)
                throw InputError(fmt::format("image {} is damaged: {} and {} are no pair of its classes", image,
                                             part.first, part.second));
            if (!(std::abs(part.value) <= largest))
                throw InputError(fmt::format("image {} is damaged: the interaction of classes {} and {} is {}", image,
                                             part.first, part.second, part.value));
            parts.push_back(part);
        }
        return parts;
    }

  private:
    std::uint64_t begin_;
    std::uint64_t semantics_;
    std::vector<std::uint64_t> offsets_;
    std::vector<std::uint32_t> image_;
    std::vector<std::uint16_t> first_;
    std::vector<std::uint16_t> second_;
    std::array<std::vector<float>, 2> values_;  ///< by InteractionScene
};

/// Posts the pairs of entries [begin, end) of the done images.
void post_pairs(const results::OcclusionReader& file, const DoneImages& done, Range entries, Routers& routers) {
    if (entries.size() == 0) return;
    const PairBlock block(file, {done.images[entries.begin], std::uint64_t{done.images[entries.end - 1]} + 1});
    for (std::uint64_t i = entries.begin; i < entries.end; ++i) {
        const auto post = [&](InteractionScene of, std::uint32_t scene) {
            const auto parts = block.of(done.images[i], of);
            if (parts.empty()) return;
            routers.at(static_cast<std::size_t>(of))
                .post({done.images[i], scene, static_cast<std::uint32_t>(parts.size())}, parts);
        };
        post(InteractionScene::predicted, done.predicted[i]);
        if (done.truth[i] >= 0) post(InteractionScene::truth, static_cast<std::uint32_t>(done.truth[i]));
    }
}

}  // namespace

std::array<results::InteractionRows, 2> mean_interactions(const results::OcclusionReader& file,
                                                          const comm::Communicator& communicator,
                                                          const DoneImages& done, const ResamplingOptions& resampling,
                                                          const ReductionProgress& progress) {
    constexpr std::size_t images_at_once = 1024;
    constexpr std::uint8_t first_set = 12;  // DrawKey::set
    Routers routers{Router(communicator, file.scenes()), Router(communicator, file.scenes())};
    const comm::Range scenes = routers[0].own_scenes();
    std::array<std::vector<std::vector<PairValue>>, 2> of_scene;
    for (auto& each : of_scene) each.resize(scenes.size());
    const auto rounds = communicator.max((done.size() + images_at_once - 1) / images_at_once);
    for (std::size_t round = 0; round < rounds; ++round) {
        const std::size_t begin = std::min(round * images_at_once, done.size());
        const Range entries{begin, std::min(begin + images_at_once, done.size())};
        comm::agree(communicator, [&] {
            progress("pairs", round, rounds);
            post_pairs(file, done, entries, routers);
        });
        for (std::size_t of = 0; of < routers.size(); ++of)
            routers.at(of).exchange([&](const ImagePairs& image, std::span<const PairPart> parts) {
                for (const PairPart& part : parts)
                    of_scene.at(of)[image.scene - scenes.begin].push_back(
                        {image.image, part.first, part.second, part.value});
            });
    }
    return comm::agree(communicator, [&] {
        std::array<results::InteractionRows, 2> rows;
        for (std::size_t c = 0; c < scenes.size(); ++c) {
            progress("interactions", c, scenes.size());
            for (std::size_t of = 0; of < rows.size(); ++of)
                append_interactions(rows.at(of), std::move(of_scene.at(of)[c]),
                                    {.seed = resampling.seed,
                                     .set = static_cast<std::uint8_t>(first_set + of),
                                     .scene = static_cast<std::uint32_t>(scenes.begin + c)},
                                    resampling, [&] { progress("interactions", c, scenes.size()); });
        }
        progress("interactions", scenes.size(), scenes.size());
        return rows;
    });
}

}  // namespace semscope::statistics
