#pragma once

#include "semscope/comm/communicator.hpp"
#include "semscope/comparison/comparable.hpp"
#include "semscope/results/comparison_file.hpp"
#include "semscope/statistics/inference.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace semscope::comparison {

struct ComparisonOptions {
    statistics::ResamplingOptions resampling;
    double relevant = 0;   ///< statistics.relevant
    bool partial = false;  ///< reduce.partial: leave pending images out, where they otherwise are an error
    std::uint64_t block_bytes = std::uint64_t{8} << 20;  ///< of probabilities that a rank holds of each file at a time
};

/// Told, on every rank, how far this rank is: the stage ("blocks", "scenes"), done and total.
using ComparisonProgress = std::function<void(const std::string& stage, std::uint64_t done, std::uint64_t total)>;

/// What two occlusion files say of the same images.
struct Comparison {
    results::ComparisonSummary summary;  ///< the same on every rank
    std::uint64_t explanations = 0;      ///< over all ranks
    results::ComparedImages images;      ///< those of this rank
    results::ComparedScenes scenes;      ///< those of this rank
};

/// Compares two files that require_comparable found to be of the same images, and that every rank has opened for
/// itself.
///
/// Every rank reads a contiguous share of the images from both files, in blocks, and sends each pair to the rank that
/// owns the image's true scene. There the samples are put into the order of the images before anything is summed; other
/// sums are of whole numbers, and what is averaged over all images is averaged by rank 0 in image order. So the result
/// has the same bits for any number of ranks and any size of block. Memory of a rank: four blocks, what an exchange
/// brings, 33 bytes for every class of the images of its scenes and file, and 20 bytes an image of its share.
///
/// An image without a result in one of the files takes no part. The deviations that are compared are those of the true
/// scene; for the rank correlation of an image of unknown scene, of the scene that the first file predicts.
///
/// Collective. Throws AgreedError on every rank; it lists the images whose rows are not what an occlusion file
/// promises.
Comparison compare(const NamedFile& first, const NamedFile& second, const comm::Communicator& communicator,
                   const ComparisonOptions& options, const ComparisonProgress& progress);

}  // namespace semscope::comparison
