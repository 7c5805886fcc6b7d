#pragma once

#include "semscope/cli/log.hpp"
#include "semscope/cli/settings.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/data/archive.hpp"
#include "semscope/data/pictures.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// From the settings to the pictures that they name.
namespace semscope::cli {

/// What data.archive and labels.archive hold; nothing where the option is empty.
struct Archives {
    std::shared_ptr<const data::ArchiveIndex> photos;
    std::shared_ptr<const data::ArchiveIndex> labels;
    /// On rank 0: indices that were just made, and the files to keep them in.
    std::vector<std::pair<std::filesystem::path, std::shared_ptr<const data::ArchiveIndex>>> not_kept = {};
};

/// Opens the archives of the settings: rank 0 takes the indices from files whose names begin with `cache`, or makes
/// them; the others get them from rank 0. Collective. `tick` is called now and then on rank 0 and may throw to end it.
/// Writes nothing. Throws AgreedError as data::ArchiveIndex::build.
Archives find_archives(
    const Settings& settings, const std::filesystem::path& cache, const comm::Communicator& communicator,
    const Log& log, const std::function<void()>& tick = [] {});

/// Writes the indices that were just made, where their folder exists; warns where that fails. Local.
void keep_indices(Archives& archives, const Log& log);

/// Both, with the indices in `folder`. Collective, as find_archives().
Archives open_archives(
    const Settings& settings, const std::filesystem::path& folder, const comm::Communicator& communicator,
    const Log& log, const std::function<void()>& tick = [] {});

/// Local. `archives`: as open_archives() gives them.
data::Photos photos_of(const Settings& settings, const Archives& archives);

/// Local. `semantics`: names of the classes, S of them. Throws InputError and UsageError as data::LabelDecoder.
data::LabelMaps label_maps_of(const Settings& settings, std::span<const std::string> semantics,
                              const Archives& archives);

/// How label maps are called. Local.
data::LabelNaming label_naming_of(const Settings& settings);

}  // namespace semscope::cli
