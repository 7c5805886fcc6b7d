#pragma once

#include "rank_placement.hpp"
#include "semscope/app/options.hpp"
#include "semscope/base/error.hpp"
#include "semscope/inference/occluder.hpp"
#include "semscope/mpi/communicator.hpp"
#include "semscope/occlusion/source.hpp"

#include <optional>
#include <string>
#include <vector>

/// From the options of a program to the arguments of the rooms.
namespace semscope::wiring {

/// Tables and lists that a run on photos stands on.
struct Inputs {
    dataset::SceneNames scenes{{}};
    std::vector<std::string> semantics;
    occlusion::Source source;
};

/// Reads scene names, semantic names and the image list. Local. What is wrong is added to `problems`; nothing is
/// returned then.
std::optional<Inputs> read_inputs(const app::Options& options, Problems& problems);

/// Whether model.path is a file, or says that no network is wanted.
bool has_network(const app::Options& options);

/// SHA-256 of the network's file; "null" where no network is wanted. Throws InputError.
std::string network_digest(const app::Options& options);

inference::NetworkOptions network_options(const app::Options& options, const Placement& placement, std::size_t scenes);
inference::OcclusionOptions occlusion_options(const app::Options& options);

/// Options that make no sense together.
void check_combinations(const app::Options& options, Problems& problems);

/// Versions of the libraries behind the programs.
std::vector<std::string> library_descriptions();

}  // namespace semscope::wiring
