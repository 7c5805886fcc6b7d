#pragma once

#include "label_files.hpp"
#include "semscope/cli/log.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/timing.hpp"
#include "semscope/data/image.hpp"
#include "semscope/data/image_list.hpp"
#include "semscope/data/pictures.hpp"
#include "semscope/data/preprocess.hpp"
#include "semscope/job/watchdog.hpp"
#include "semscope/network/segmenter.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace semscope::segmentation {

/// What is known of a photo before its pixels are read.
struct Photo {
    data::ImageSize stored;
    data::ImageSize input;  ///< as the network sees it
    bool pending = true;    ///< its label map is not there yet
};

/// Photos of one input size that go through the network together. The forward has the shape
/// [length,3,input.height,input.width]; where there are fewer images the rest is padding.
struct Batch {
    data::ImageSize input;
    std::size_t length = 1;
    std::vector<std::uint64_t> images;
};

/// The size that a photo is brought to: shorter side to `shorter` pixels, 0 = kept. Local, pure.
data::ImageSize input_size(data::ImageSize stored, int shorter);

/// The pending photos in batches of at most `most`. Photos of one size go together, whatever stands between them in the
/// list; the length of their batches is `most`, or the number of photos of that size in the whole list, pending or not,
/// when that is less: so the shape of a photo's forward depends on the list alone, and neither on the number of ranks
/// nor on what was done before. Local, pure.
std::vector<Batch> make_batches(std::span<const Photo> photos, std::size_t most);

/// Cuts the batches into one contiguous range a rank with nearly equal numbers of pixels: ranks + 1 boundaries, rank r
/// gets [result[r], result[r + 1]). Local, pure.
std::vector<std::uint64_t> share_batches(std::span<const Batch> batches, int ranks);

/// Where the photos of a run come from.
struct Source {
    data::ImageList images;
    data::Photos photos;
    int shorter_side = 0;  ///< of the network's input, pixels; 0 = as stored
    data::Interpolation interpolation = data::Interpolation::bilinear;

    std::string photo_name(std::size_t image) const { return photos.name(images.path(image)); }
};

/// The first photo of the list that can be read, as the network shall see it; without pixels where none of the first
/// few can. Local; never throws on bad files.
data::Image first_photo(const Source& source);

/// Reads the header of every photo and looks for its label map, the images shared evenly among the ranks, `workers`
/// threads each. Collective. Every missing or unreadable photo is added to this rank's `problems`. `redo`: the label
/// maps that are there do not count. `tick` is called after each image and may throw to end the survey on all ranks.
/// Returns what is known of all images, on every rank: 20 bytes an image.
std::vector<Photo> survey(const Source& source, const LabelFiles& files, bool redo,
                          const comm::Communicator& communicator, int workers, Problems& problems,
                          const std::function<void()>& tick);

/// What a rank did.
struct RunReport {
    std::uint64_t images = 0;
    std::uint64_t forwards = 0;  ///< photos that went through the network, each mirror image counting once more
    std::uint64_t padding = 0;   ///< forwards whose result nobody needs
    bool stopped = false;        ///< by a signal, before the end; the same on all ranks
    std::vector<std::string> unreadable;  ///< photos that could not be decoded, a line each; they get no label map
};

struct RunArguments {
    const Source& source;
    std::span<const Photo> photos;   ///< of the whole list
    std::span<const Batch> batches;  ///< this rank's share
    std::uint64_t pending = 0;       ///< photos of the batches of all ranks
    network::Segmenter& segmenter;
    bool flip = false;
    const LabelFiles& files;
    int loaders = 1;  ///< threads that decode photos ahead
    const comm::Communicator& communicator;
    job::Watchdog& watchdog;
    PhaseTimer& timer;
    const cli::Log& log;  ///< of the progress
};

/// Segments the photos of this rank's share and writes their label maps. Collective. Phases of the timer: decode wait,
/// forward, write, idle.
///
/// It ends early as cli::run_distributed does, with all that was done on disk: after a stop signal with report.stopped
/// set, after an error with AgreedError, on all ranks.
RunReport run(const RunArguments& run);

}  // namespace semscope::segmentation
