#include "semscope/statistics/file_evaluation.hpp"

#include "semscope/comm/agreement.hpp"
#include "semscope/comm/partition.hpp"
#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace semscope::statistics {
namespace {

using comm::Communicator;
using results::ImageStatus;

constexpr std::uint64_t block_bytes = std::uint64_t{8} << 20;  // of probabilities, held at a time

void sum_over_ranks(EvaluationCounts& counts, const Communicator& communicator) {
    counts.images = communicator.sum(counts.images);
    counts.unknown = communicator.sum(counts.unknown);
    counts.unreadable = communicator.sum(counts.unreadable);
    counts.not_finite = communicator.sum(counts.not_finite);
    for (auto* each :
         {&counts.confusion, &counts.scene_images, &counts.scene_top1, &counts.scene_top2, &counts.scene_top5})
        communicator.sum_each(*each);
}

/// What a rank has learnt of its share of the images.
struct Reading {
    EvaluationCounts counts;
    std::vector<ImageScore> scores;
    std::uint64_t pending = 0;
};

void read_block(const results::OcclusionReader& file, comm::Range images, Reading& reading) {
    const auto status = file.image_status(images);
    const auto scene = file.image_scenes(images);
    const auto loss = file.image_losses(images);
    const auto probability = file.image_probabilities(images);
    const std::size_t scenes = file.scenes();
    for (std::size_t i = 0; i < images.size(); ++i) switch (static_cast<ImageStatus>(status[i])) {
            case ImageStatus::done:
                reading.scores.push_back(
                    score_image(std::span(probability).subspan(i * scenes, scenes), scene[i], loss[i]));
                reading.counts.add(reading.scores.back());
                break;
            case ImageStatus::unreadable:
                reading.counts.add_unreadable();
                break;
            case ImageStatus::not_finite:
                reading.counts.add_not_finite();
                break;
            case ImageStatus::pending:
                ++reading.pending;
                break;
            default:
                throw InputError(fmt::format("image {} has the unknown status {}", images.begin + i, status[i]));
        }
}

}  // namespace

results::EvaluationSummary evaluate_ranks(EvaluationCounts& counts, const std::vector<ImageScore>& scores,
                                          std::uint64_t pending, const Communicator& communicator) {
    sum_over_ranks(counts, communicator);
    const double loss_sum = communicator.chain(0.0, [&](double sum) { return add_losses(sum, scores); });
    return evaluate(counts, loss_sum, communicator.sum(pending));
}

results::EvaluationSummary evaluate_file(const results::OcclusionReader& file, const Communicator& communicator,
                                         const std::function<void()>& on_block) {
    const auto own = comm::even_share(file.images(), communicator.rank(), communicator.size());
    Reading reading = comm::agree(communicator, [&] {
        const std::uint64_t images_at_once = std::max<std::uint64_t>(1, block_bytes / (file.scenes() * sizeof(float)));
        Reading read{EvaluationCounts(file.scenes(), Confusion::left_out), {}, 0};
        for (std::uint64_t begin = own.begin; begin < own.end; begin += images_at_once) {
            on_block();
            read_block(file, {begin, std::min(own.end, begin + images_at_once)}, read);
        }
        return read;
    });
    return evaluate_ranks(reading.counts, reading.scores, reading.pending, communicator);
}

}  // namespace semscope::statistics
