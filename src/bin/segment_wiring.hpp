#pragma once

#include "rank_placement.hpp"
#include "semscope/app/options.hpp"
#include "semscope/base/error.hpp"
#include "semscope/dataset/label_mapping.hpp"
#include "semscope/inference/segmenter.hpp"
#include "semscope/segmentation/label_files.hpp"
#include "semscope/segmentation/survey.hpp"

#include <optional>
#include <string>
#include <vector>

/// From the options of semscope-segment to the arguments of the rooms.
namespace semscope::wiring {

/// Tables and lists that a segmentation stands on.
struct SegmentInputs {
    std::vector<std::string> semantics;
    segmentation::Source source;
    std::optional<dataset::LabelMapping> mapping;  ///< nothing = the network's outputs are the classes
};

/// Reads semantic names, image list and segment.map. The list is read as semscope-occlude reads it where there is a
/// table of scenes, else its paths alone. Local. What is wrong is added to `problems`; nothing is returned then.
std::optional<SegmentInputs> read_segment_inputs(const app::Options& options, Problems& problems);

/// Options that make no sense together.
void check_segment_combinations(const app::Options& options, Problems& problems);

inference::SegmenterOptions segmenter_options(const app::Options& options, const Placement& placement,
                                              dataset::ImageSize probe);
segmentation::LabelFiles label_files(const app::Options& options);

}  // namespace semscope::wiring
