#pragma once

#include "semscope/comm/communicator.hpp"

#include <filesystem>
#include <string>

namespace semscope::fuzz {

/// Starts MPI for this process alone. It is never finalised: the process may end at any input.
comm::Communicator start_mpi();

/// The content of a file.
std::string bytes_of(const std::filesystem::path& path);

/// Writes a small complete occlusion file: five images, one of them unreadable, one of unknown scene; three scenes,
/// four semantic classes and unlabelled. Local.
void write_sample_occlusion(const std::filesystem::path& path, const comm::Communicator& self);

/// Writes the statistics of an occlusion file, as semscope-reduce does. Local.
void write_sample_statistics(const std::filesystem::path& path, const std::filesystem::path& occlusion,
                             const comm::Communicator& self);

}  // namespace semscope::fuzz
