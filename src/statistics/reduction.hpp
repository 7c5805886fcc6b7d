#pragma once

#include "scene_statistics.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/comm/partition.hpp"
#include "semscope/results/occlusion_file.hpp"
#include "semscope/results/statistics_file.hpp"
#include "semscope/statistics/image_record.hpp"
#include "semscope/statistics/relevance.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace semscope::statistics {

/// Takes records to the ranks that own their scenes. Every rank owns an even, contiguous share of the scenes.
class RecordRouter {
  public:
    /// What is done with a record that arrives: the record and those of its classes.
    using Visitor = std::function<void(const ImageRecord&, std::span<const ClassRecord>)>;

    /// The communicator must outlive the router. Local.
    RecordRouter(const comm::Communicator& communicator, std::uint64_t scenes);

    /// The scenes of this rank.
    comm::Range own_scenes() const { return comm::even_share(scenes_, communicator_.rank(), communicator_.size()); }

    /// The rank that owns a scene. Precondition: scene is below the number of scenes.
    int owner(std::uint32_t scene) const;

    /// Puts a report into the box of its scene's owner. Local.
    void post(const ImageReport& report);

    /// Delivers all that was posted since the last exchange, and visits what arrived here: in rank order of the
    /// senders, each in the order of posting. Collective. Memory: what is posted and what arrives, so that callers keep
    /// rounds small. What the visitor throws is thrown after all communication, possibly on some ranks only.
    void exchange(const Visitor& visit);

  private:
    const comm::Communicator& communicator_;
    std::uint64_t scenes_;
    std::vector<std::uint64_t> boundaries_;          ///< first scene of each rank, and the end
    std::vector<std::vector<ImageRecord>> images_;   ///< by destination
    std::vector<std::vector<ClassRecord>> classes_;  ///< by destination
};

using comm::Range;

/// Some consecutive images of an occlusion file with all their variants.
class OcclusionBlock {
  public:
    /// Reads images, whose variants begin at `offsets` [N+1 of the whole file]. An empty range reads none. `area`: with
    /// Area::full also what finds their label maps.
    OcclusionBlock(const results::OcclusionReader& file, Range images, std::span<const std::uint64_t> offsets,
                   Area area = Area::crop);

    Range images() const noexcept { return images_; }
    std::uint8_t status(std::uint64_t image) const { return status_[image - images_.begin]; }
    std::int32_t scene(std::uint64_t image) const { return scene_[image - images_.begin]; }
    float loss(std::uint64_t image) const { return loss_[image - images_.begin]; }
    ImageRows rows(std::uint64_t image) const;
    std::span<const std::uint32_t> pixels(std::uint64_t image) const;
    /// With Area::full. Path as listed, and digest of the label map, 0 = not recorded.
    const std::string& path(std::uint64_t image) const { return path_.at(image - images_.begin); }
    std::uint64_t label_digest(std::uint64_t image) const { return label_digest_.at(image - images_.begin); }

    /// "" when the rows of a done image are what an occlusion file promises, else what is wrong with them.
    std::string problem_with(std::uint64_t image) const;

  private:
    Range variants_of(std::uint64_t image) const;  ///< places in this block

    Range images_;
    std::span<const std::uint64_t> offsets_;
    std::size_t scenes_;
    std::size_t semantics_;
    std::vector<std::uint8_t> status_;
    std::vector<std::int32_t> scene_;
    std::vector<float> loss_;
    std::vector<float> probability_;
    std::vector<std::uint32_t> variant_image_;
    std::vector<std::uint16_t> variant_semantic_;
    std::vector<std::uint32_t> variant_pixels_;
    std::vector<float> variant_probability_;
    std::vector<std::string> path_;
    std::vector<std::uint64_t> label_digest_;
};

class FullMaps;

/// The images of part `part` of `parts`, of nearly equal numbers of rows (the image's own and its variants'), cut into
/// blocks of at most `maximum_rows` rows, or of one image where that has more. Pure.
std::vector<Range> plan_blocks(std::span<const std::uint64_t> offsets, int part, int parts, std::uint64_t maximum_rows);

struct ReductionOptions {
    ResamplingOptions resampling;
    RelevanceThresholds thresholds;
    const FullMaps* full_maps = nullptr;  ///< count these in the distributions; null: the pixels of the crops
    bool partial = false;  ///< reduce.partial: leave pending images out, where they otherwise are an error
    std::uint64_t block_bytes = std::uint64_t{16} << 20;  ///< of probabilities that a rank holds at a time
};

/// Told, on every rank, how far this rank is: the stage ("blocks", "scenes"), done and total.
using ReductionProgress = std::function<void(const std::string& stage, std::uint64_t done, std::uint64_t total)>;

/// The statistics of an occlusion file.
struct Reduction {
    results::EvaluationSummary evaluation;   ///< the same on every rank
    std::array<std::uint64_t, 2> samples{};  ///< stored deviations of each DeviationSet, over all ranks
    std::uint64_t flips = 0;                 ///< flip distractors of all images
    results::StatisticsRows rows;            ///< those of this rank's scenes and of its share of the images
};

/// Both functions take a file that every rank has opened for itself: ranks read large contiguous blocks, each at its
/// own place, and collective transfers would make them wait for each other (measured: a fifth of the speed on two
/// ranks).

/// Images by status: pending, done, unreadable, not finite (results::ImageStatus).
using StatusCounts = std::array<std::uint64_t, 4>;

/// Images of an occlusion file by status; the same on every rank. Collective. Throws
/// AgreedError for other values.
StatusCounts count_images(const results::OcclusionReader& file, const comm::Communicator& communicator);

/// Computes the statistics of an occlusion file.
///
/// Every rank reads a contiguous share of the rows in blocks and sends what a scene needs of an image to the rank that
/// owns the scene. There the samples are put into the order of the images before anything is summed; other sums are of
/// whole numbers, and that of the losses runs through the ranks in order. So the result has the same bits for any
/// number of ranks and any size of block. Memory of a rank: two blocks (one is read ahead by a thread of its own), what
/// an exchange brings of one block of every rank, 16 bytes an image of the file and 66 of its share, 12 to 32 bytes for
/// every present class of the images of its scenes, C*C counts, and the rows of its scenes.
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
