#pragma once

#include "semscope/base/error.hpp"
#include "semscope/dataset/image_list.hpp"
#include "semscope/mpi/communicator.hpp"
#include "semscope/segmentation/batches.hpp"
#include "semscope/segmentation/label_files.hpp"

#include <filesystem>
#include <functional>
#include <vector>

namespace semscope::segmentation {

/// Where the photos of a run come from.
struct Source {
    dataset::ImageList images;
    std::filesystem::path image_root;
    int shorter_side = 0;  ///< of the network's input, pixels; 0 = as stored

    std::filesystem::path image_path(std::size_t image) const { return image_root / images.path(image); }
};

/// Reads the header of every photo and looks for its label map, the images shared evenly among the ranks, `workers`
/// threads each. Collective. Every missing or unreadable photo is added to this rank's `problems`. `redo`: the label
/// maps that are there do not count. `tick` is called after each image and may throw to end the survey on all ranks.
/// Returns what is known of all images, on every rank: 20 bytes an image.
std::vector<Photo> survey(const Source& source, const LabelFiles& files, bool redo,
                          const mpi::Communicator& communicator, int workers, Problems& problems,
                          const std::function<void()>& tick);

}  // namespace semscope::segmentation
