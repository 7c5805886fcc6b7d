#pragma once

#include "semscope/demo/network.hpp"
#include "semscope/demo/picture.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace semscope::demo {

/// Draws the requested pictures with several threads. The result does not depend on their number.
std::vector<Picture> draw_pictures(std::span<const PictureRequest> requests, int threads);

/// Requests for pictures 0..per_scene-1 of every scene, scene by scene.
std::vector<PictureRequest> requests_for(std::uint64_t seed, Purpose purpose, int per_scene);

/// The network must be right on at least this share of fresh pictures, else the demo would explain noise.
inline constexpr double minimum_accuracy = 0.85;

struct DatasetOptions {
    std::filesystem::path out;
    int images_per_scene = 12;  ///< validation pictures
    int held_out_per_scene = 25;
    bool overwrite = false;  ///< replace a data set that is there; files of other names are left alone
    TrainingOptions training;
};

/// Shares of right predictions, in 0..1.
struct DatasetReport {
    double held_out_accuracy;    ///< on fresh pictures without the planted distractor
    double validation_accuracy;  ///< on the pictures of val.txt as stored, distractor included
};

/// Writes a complete data set in the layout of Places365, with its network, to options.out; demo.cfg comes last, so
/// that a folder with a demo.cfg is complete.
///
/// Throws InputError when `out` is there, not empty and not to be overwritten; IoError, naming the path, when
/// something cannot be written; InferenceError when the network misses minimum_accuracy.
DatasetReport write_dataset(const DatasetOptions& options, const Progress& progress);

}  // namespace semscope::demo
