#pragma once

#include "semscope/attribution/settings.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/comm/partition.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/occlusion/source.hpp"
#include "semscope/results/occlusion_file.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace semscope::occlusion {

using comm::Range;

/// How the forwards of a run are shared: rank r does images [boundaries[r], boundaries[r+1]).
struct Plan {
    std::vector<std::uint64_t> boundaries;  ///< [ranks+1]
    std::vector<std::uint64_t> forwards;    ///< [ranks]: 1 for each image, 1 for each of its variants, and the further
    std::uint64_t total = 0;
    std::uint64_t further = 0;          ///< forwards of the total that are for attributions
    std::vector<std::uint64_t> images;  ///< [ranks]: images to be done

    Range images_of(int rank) const;
    /// Forwards of the rank with most / mean over the ranks; 1 is perfect.
    double imbalance() const;
};

/// Cuts the images into contiguous spans of nearly equal numbers of forwards. Local, pure.
/// `variant_offsets`: of all images, N+1 of them.
Plan make_plan(std::span<const std::uint64_t> variant_offsets, int ranks);

/// The same for the pending images only. `status`: of all images, N of them; what is not pending costs nothing.
/// `further`: of all images, forwards for attributions; empty = none.
Plan make_plan(std::span<const std::uint64_t> variant_offsets, std::span<const std::uint8_t> status, int ranks,
               std::span<const std::uint32_t> further = {});

/// What attributions will take. Empty where none are asked for.
struct AttributionPlan {
    std::vector<std::uint32_t> further;  ///< of this rank's share: forwards besides one for the image and each variant
    std::uint64_t exact = 0;             ///< pending images of all ranks whose Shapley values are of all coalitions
    std::uint64_t pairs = 0;             ///< Q: pairs of classes of all images
};

/// What all ranks know after the survey.
struct Survey {
    results::SurveyRows rows;    ///< this rank's share
    LabelCrops crops;            ///< of this rank's share, as many as its budget holds
    std::uint64_t images = 0;    ///< N
    std::uint64_t variants = 0;  ///< V, so that N + V forwards are to be done
    std::uint64_t turned = 0;    ///< photos with an EXIF orientation other than 1
    AttributionPlan attribution;
};

/// What a file that is continued holds of the inputs of this rank's share of the images.
struct KnownInputs {
    results::SurveyRows rows;                 ///< as the survey found them when the file was begun
    std::vector<std::uint8_t> status;         ///< [images]; what is to be done is pending
    std::vector<std::uint64_t> photo_digest;  ///< [images]; 0 = not known, and anything for pending images
    bool verify = false;                      ///< whether the inputs of images that are not pending are read as well
};

/// Reads what the file holds of the inputs. The images are shared so that every rank has as many to read as the others.
/// Collective. `status`: of all images. Throws AgreedError when the file is damaged there.
KnownInputs read_known_inputs(const results::OcclusionWriter& writer, std::span<const std::uint8_t> status, bool verify,
                              const comm::Communicator& communicator);

struct SurveyArguments {
    const Source& source;
    const comm::Communicator& communicator;
    int workers = 1;                      ///< threads of this rank
    Problems& problems;                   ///< of this rank
    std::function<void()> on_image = {};  ///< called after each image of this rank
    const KnownInputs* known = nullptr;   ///< null: nothing is known, all images are new
};

/// Reads every label map and the header of every photo, shared evenly among the ranks, and counts the pixels of each
/// class in the crop. Collective. Every missing or unreadable file, every label map of another size than its photo, and
/// every image too small for the crop is added to this rank's `problems`; what the survey returns is of use only when
/// no rank has any. When `on_image` throws, on some ranks or all, the survey ends with an AgreedError on all.
///
/// Of a file that is continued the survey reads only the inputs of pending images, and with `verify` those of the
/// others to the end. What is not as it was when the file was begun is a problem as well.
Survey survey(const SurveyArguments& arguments);

/// Adds to a survey, made with the same arguments, what attributions take, and the pairs of classes where interactions
/// are asked for. Collective. A pending image whose classes the budget has no room for becomes a problem. When
/// `on_image` throws, on some ranks or all, it ends with an AgreedError on all.
void plan_attributions(const attribution::Settings& settings, const SurveyArguments& arguments, Survey& survey);

/// Where the pairs of classes of images begin, and where those of the last one end. Local, pure. `variant_offsets`: of
/// all images, N+1.
std::vector<std::uint64_t> pair_offsets(std::span<const std::uint64_t> variant_offsets, Range images);

/// The variant offsets of all images, N+1 of them, on every rank. Collective. 8 bytes an image.
std::vector<std::uint64_t> gather_offsets(const Survey& survey, const comm::Communicator& communicator);

}  // namespace semscope::occlusion
