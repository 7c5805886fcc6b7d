#pragma once

#include "semscope/core/errors.hpp"
#include "semscope/data/label_map.hpp"
#include "semscope/occlusion/source.hpp"
#include "semscope/occlusion/survey.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// The inputs of a file that is continued, compared with what they are now. All local; `i` counts in the rank's share.
namespace semscope::occlusion {

/// What is known of one image: its classes, or what is wrong with it.
struct Finding {
    std::vector<data::ClassCount> classes;
    std::string crop;     ///< packed labels
    bool turned = false;  ///< the photo has an EXIF orientation other than 1
    std::uint64_t label_digest = 0;
    Problems problems;
};

bool is_pending(const KnownInputs& known, std::size_t i);

/// Images whose files the survey reads: the pending ones, and with `verify` all.
std::vector<std::size_t> images_to_read(const KnownInputs& known);

/// Adds the problem that the label map is not the one that the file was begun with. `finding`: of the map as it is now.
void compare_label_map(const Source& source, const KnownInputs& known, std::size_t i, Finding& finding);

/// Reads photo and label map of an image that is not pending, and compares their digests. Thread-safe.
Finding verify_digests(const Source& source, const KnownInputs& known, std::size_t i);

/// Compares the true scenes, which stand in the image list.
void compare_scenes(const Source& source, const KnownInputs& known, Problems& problems);

}  // namespace semscope::occlusion
