#pragma once

#include "semscope/cli/log.hpp"
#include "semscope/cli/pictures.hpp"
#include "semscope/cli/settings.hpp"
#include "semscope/cli/watched_run.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/text.hpp"
#include "semscope/network/device.hpp"
#include "semscope/network/occluder.hpp"
#include "semscope/occlusion/run.hpp"
#include "semscope/occlusion/source.hpp"
#include "semscope/occlusion/survey.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

/// From the settings of a program to the arguments of the modules.
namespace semscope::occlusion {

/// Tables and lists that a run on photos stands on.
struct Inputs {
    data::SceneNames scenes{{}};
    std::vector<std::string> semantics;
    occlusion::Source source;
};

/// Reads scene names, semantic names and the image list. Local. What is wrong is added to `problems`; nothing is
/// returned then.
std::optional<Inputs> read_inputs(const cli::Settings& settings, const cli::Archives& archives, Problems& problems);

/// What `inputs` were read from and their digests, for comm::require_same_inputs. Local.
std::vector<comm::InputDigest> input_digests(const cli::Settings& settings, const Inputs& inputs);

/// Whether the path is a file, or says that no network is wanted.
bool has_network(const std::filesystem::path& path);

/// SHA-256 of the network's file; "null" where no network is wanted. Throws InputError.
std::string network_digest(const std::filesystem::path& path);

network::NetworkOptions network_options(const cli::Settings& settings, const network::Placement& placement,
                                        std::size_t scenes);
network::OcclusionOptions occlusion_options(const cli::Settings& settings);

/// What the log says of the fill where it is not the zero of the network's input; "" = nothing.
std::string describe_fill(const cli::Settings& settings);

/// Settings that make no sense together.
void check_combinations(const cli::Settings& settings, Problems& problems);

/// Versions of the libraries behind the programs.
std::vector<std::string> library_descriptions();

/// Photos of the data set that a network is tried with.
inline constexpr std::size_t photos_of_trial = 4;

}  // namespace semscope::occlusion

/// What semscope-occlude prints before its run.
namespace semscope::occlusion {

/// Images to be done, their variants, forwards, bytes of output, and how the forwards are shared: of each rank where
/// they are few, else the least and the most.
std::string describe_plan(const occlusion::Plan& plan, std::uint64_t output_bytes);

/// How many of a plan's forwards are for which attributions; "" where none are asked for.
std::string describe_attributions(const attribution::Settings& settings, const Plan& plan,
                                  const AttributionPlan& attribution);

/// The commonest classes of the crops with their names and shares, and the share of what is not inhibited: a wrong
/// offset, channel or encoding shows at once. On rank 0; "" elsewhere. Collective.
std::string describe_labels(const Survey& survey, const Source& source, const std::vector<std::string>& semantics,
                            const comm::Communicator& communicator);

/// Tells what was done about the EXIF orientations of the photos. Local.
void log_orientations(const Survey& survey, data::ExifOrientation exif, const cli::Log& log);

/// Tells which MPI-IO hints are in effect, when some were asked for; a warning names those that MPI-IO ignored. Local.
void log_hints(const KeyValues& asked, const KeyValues& in_effect, const cli::Log& log);

/// The value of an option in the file that is to be continued, "" when there is none. What is wrong with the file is
/// found later. Local; never throws on bad files.
std::string recorded_option(const cli::Settings& settings, const char* option);

/// Replaces run.batch = auto by a number, the same on every rank: the one in the file that is resumed, else the fastest
/// on the slowest rank of a few sizes, which are measured with the network. When the network does not work, the usual
/// size is taken and the network's own check tells what is wrong. Collective.
void settle_batch(const cli::RunContext& context, const network::Placement& placement, std::size_t scenes);

/// Replaces run.incremental = auto by on or off, the same on every rank: what the file that is resumed was begun with,
/// else what is faster on the slowest rank, measured with the network on the first photos that can be read. When the
/// network does not work, or there are no such photos, it is off, and the later checks tell what is wrong. Collective.
/// `inputs`: null where they could not be read, on all ranks.
void settle_incremental(const cli::RunContext& context, const network::Placement& placement, const Inputs* inputs);

/// Replaces model.output = auto by what the network gives, the same on every rank: what the file that is resumed
/// records, else what rank 0 finds with the first photos. When the network does not work, logits are taken and the
/// network's own check tells what is wrong. Collective.
void settle_output(const cli::RunContext& context, const network::Placement& placement,
                   const std::optional<Inputs>& inputs);

}  // namespace semscope::occlusion
