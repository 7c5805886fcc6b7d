#pragma once

#include "semscope/cli/options.hpp"
#include "semscope/cli/settings.hpp"
#include "semscope/core/enumeration.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/data/label_map.hpp"
#include "semscope/network/segmenter.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace semscope::segmentation {

/// The label maps of a run and, if asked for, the scores beside them.
struct LabelFiles {
    std::filesystem::path label_root;
    std::filesystem::path score_root;  ///< empty = no scores
    data::LabelNaming naming;
    data::LabelCoding coding;
    int bits = 8;  ///< of a value of the label maps
    LabelLayout layout = LabelLayout::top1;

    /// True when the files of an image are there and whole: they decode, and have the layout and the photo's size.
    /// Local, thread-safe.
    bool whole(std::string_view image, data::ImageSize size) const;

    /// Writes the files of an image, each in one step; the label map comes last, so that its being there says that all
    /// are. Local, thread-safe. Throws IoError.
    void write(std::string_view image, data::ImageSize size, const network::Segmentation& result) const;
};

}  // namespace semscope::segmentation

/// The record that semscope-segment keeps beside the label maps it makes: it tells a restart that what is there came
/// from the same network and options, and it keeps label maps of other origin safe.
namespace semscope::segmentation {

/// What decides the label maps.
struct SegmentRecord {
    std::string digest;         ///< over all of it; "" while old label maps are being removed
    std::string configuration;  ///< the resolved options
    std::string model_sha256;
    std::string created;
    std::string command_line;
};

std::filesystem::path record_path(const std::filesystem::path& label_root);

/// What the names of the indices of archives begin with in a label folder.
inline constexpr const char* index_prefix = "semscope-segment.";

/// Local. Throws IoError.
void write_record(const std::filesystem::path& label_root, const SegmentRecord& record);

/// Whether a run of the record `present` may go on in `label_root`. What forbids it becomes a problem: label maps that
/// are not by semscope-segment, always; those of another network or other options, unless output.overwrite is set.
/// Returns true when what is there belongs to this very run, so that it is kept. Local.
bool examine_label_root(const cli::Options& options, const cli::Settings& settings, const SegmentRecord& present,
                        Problems& problems);

/// Removes the files that a killed run left half written below `root`. Local; the caller must hold the lock.
void remove_leftovers(const std::filesystem::path& root);

}  // namespace semscope::segmentation
