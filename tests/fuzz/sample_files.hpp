#pragma once

#include "semscope/comm/communicator.hpp"

#include <filesystem>

namespace semscope::fuzz {

/// Writes a small complete occlusion file: five images, one of them unreadable, one of unknown scene; three scenes,
/// four semantic classes and unlabelled. Local.
void write_sample_occlusion(const std::filesystem::path& path, const comm::Communicator& self);

/// Writes the statistics of an occlusion file, as semscope-reduce does. Local.
void write_sample_statistics(const std::filesystem::path& path, const std::filesystem::path& occlusion,
                             const comm::Communicator& self);

}  // namespace semscope::fuzz
