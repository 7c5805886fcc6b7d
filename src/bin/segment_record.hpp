#pragma once

#include "semscope/app/options.hpp"
#include "semscope/base/error.hpp"

#include <filesystem>
#include <string>

/// The record that semscope-segment keeps beside the label maps it makes: it tells a restart that what is there came
/// from the same network and options, and it keeps label maps of other origin safe.
namespace semscope::bin {

/// What decides the label maps.
struct SegmentRecord {
    std::string digest;         ///< over all of it; "" while old label maps are being removed
    std::string configuration;  ///< the resolved options
    std::string model_sha256;
    std::string created;
    std::string command_line;
};

std::filesystem::path record_path(const std::filesystem::path& label_root);

/// Local. Throws IoError.
void write_record(const std::filesystem::path& label_root, const SegmentRecord& record);

/// Whether a run of the record `present` may go on in `label_root`. What forbids it becomes a problem: label maps that
/// are not by semscope-segment, always; those of another network or other options, unless output.overwrite is set.
/// Returns true when what is there belongs to this very run, so that it is kept. Local.
bool judge_label_root(const app::Options& options, const SegmentRecord& present, Problems& problems);

/// Removes what a killed run was in the midst of writing below `root`. Local; for the one who has the lock.
void remove_leftovers(const std::filesystem::path& root);

}  // namespace semscope::bin
