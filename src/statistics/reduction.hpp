#pragma once

#include "reduction_progress.hpp"
#include "scene_statistics.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/comm/partition.hpp"
#include "semscope/results/occlusion_file.hpp"
#include "semscope/results/statistics_file.hpp"
#include "semscope/statistics/image_record.hpp"
#include "semscope/statistics/occlusion_block.hpp"
#include "semscope/statistics/relevance.hpp"
#include "semscope/statistics/scene_router.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace semscope::statistics {

class FullMaps;

/// Takes the records of images and their classes to the owners of their scenes.
using RecordRouter = SceneRouter<ImageRecord, ClassRecord>;

struct ReductionOptions {
    ResamplingOptions resampling;
    RelevanceThresholds thresholds;
    const FullMaps* full_maps = nullptr;  ///< count these in the distributions; null: the pixels of the crops
    bool partial = false;  ///< reduce.partial: leave pending images out, where they otherwise are an error
    std::uint64_t block_bytes = std::uint64_t{16} << 20;  ///< of probabilities that a rank holds at a time
};

/// The statistics of an occlusion file.
struct Reduction {
    results::EvaluationSummary evaluation;              ///< the same on every rank
    std::array<std::uint64_t, 2> samples{};             ///< stored deviations of each DeviationSet, over all ranks
    std::uint64_t flips = 0;                            ///< flip distractors of all images
    std::optional<std::array<std::uint64_t, 2>> pairs;  ///< of all scenes, by InteractionScene; nothing without them
    results::StatisticsRows rows;                       ///< those of this rank's scenes and of its share of the images
};

/// Computes the statistics of an occlusion file, which every rank has opened for itself.
///
/// Every rank reads a contiguous share of the rows in blocks and sends what a scene needs of an image to the rank that
/// owns the scene. There the samples are put into the order of the images before anything is summed; other sums are of
/// whole numbers, and that of the losses runs through the ranks in order. So the result has the same bits for any
/// number of ranks and any size of block. Memory of a rank: two blocks (one is read ahead by a thread of its own), what
/// an exchange brings of one block of every rank, 20 bytes an image of the file and 66 of its share (12 to 32 bytes for
/// every present class of the images of its scenes, twice that with Shapley values; 12 for each of their pairs with
/// interactions), C*C counts, and the rows of its scenes. With curves 200 bytes an image and kind of orders, on rank 0
/// of all images.
///
/// Without options.full_maps the semantic distribution counts the pixels of the variants: a class that
/// occlusion.min-pixels kept from being inhibited in an image is missing there from the shares, and counts as absent
/// everywhere else too.
///
/// Collective. Throws AgreedError on every rank; it lists the images whose rows are not what an occlusion file
/// promises.
Reduction reduce(const results::OcclusionReader& file, const comm::Communicator& communicator,
                 const ReductionOptions& options, const ReductionProgress& progress);

}  // namespace semscope::statistics
