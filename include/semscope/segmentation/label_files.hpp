#pragma once

#include "semscope/dataset/label_map.hpp"
#include "semscope/inference/segmenter.hpp"

#include <filesystem>
#include <string_view>

namespace semscope::segmentation {

/// Channels of a label PNG.
enum class LabelLayout {
    top1,  ///< one: the best class, which every labels.channel reads
    top3,  ///< three: the best class in blue, the second in green, the third in red, as the published label maps
};

/// The label maps of a run, and beside them, if wished, the scores.
struct LabelFiles {
    std::filesystem::path label_root;
    std::filesystem::path score_root;  ///< empty = no scores
    dataset::LabelCoding coding;
    LabelLayout layout = LabelLayout::top1;

    /// True when the files of an image are there and whole: they decode, and have the layout and the photo's size.
    /// Local, thread-safe.
    bool whole(std::string_view image, dataset::ImageSize size) const;

    /// Writes the files of an image, each in one step; the label map comes last, so that its being there says that all
    /// are. Local, thread-safe. Throws IoError.
    void write(std::string_view image, dataset::ImageSize size, const inference::Segmentation& result) const;
};

}  // namespace semscope::segmentation
