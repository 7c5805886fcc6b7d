#pragma once

#include "label_files.hpp"
#include "prediction.hpp"
#include "semscope/cli/pictures.hpp"
#include "semscope/cli/settings.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/data/label_map.hpp"
#include "semscope/network/device.hpp"
#include "semscope/network/segmenter.hpp"

#include <optional>
#include <string>
#include <vector>

/// From the settings of semscope-segment to the arguments of the modules.
namespace semscope::segmentation {

/// Tables and lists that a segmentation stands on.
struct SegmentInputs {
    std::vector<std::string> semantics;
    segmentation::Source source;
    std::optional<data::LabelMapping> mapping;  ///< nothing = the network's outputs are the classes
};

/// Reads semantic names, image list and segment.map. The list is read as semscope-occlude reads it where there is a
/// table of scenes, else its paths alone. Local. What is wrong is added to `problems`; nothing is returned then.
std::optional<SegmentInputs> read_segment_inputs(const cli::Settings& settings, const cli::Archives& archives,
                                                 Problems& problems);

/// What `inputs` were read from and their digests, for comm::require_same_inputs. Local.
std::vector<comm::InputDigest> input_digests(const cli::Settings& settings, const SegmentInputs& inputs);

/// Settings that make no sense together.
void check_segment_combinations(const cli::Settings& settings, Problems& problems);

network::SegmenterOptions segmenter_options(const cli::Settings& settings, const network::Placement& placement,
                                            data::ImageSize probe);
segmentation::LabelFiles label_files(const cli::Settings& settings, int bits);

}  // namespace semscope::segmentation
