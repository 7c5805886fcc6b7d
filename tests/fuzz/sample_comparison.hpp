#pragma once

#include "semscope/comm/communicator.hpp"

#include <filesystem>

namespace semscope::fuzz {

/// Writes another run of the images of write_sample_occlusion: scenes have changed places in the probabilities of two
/// images, so that each run recognises an image that the other does not. Local.
void write_sample_second_run(const std::filesystem::path& path, const comm::Communicator& self);

/// Writes the comparison of two occlusion files, as semscope-compare does. Local.
void write_sample_comparison(const std::filesystem::path& path, const std::filesystem::path& first,
                             const std::filesystem::path& second, const comm::Communicator& self);

}  // namespace semscope::fuzz
