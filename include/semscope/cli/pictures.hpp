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

/// From the settings to the pictures that they name.
namespace semscope::cli {

/// What data.archive and labels.archive hold; nothing where the option is empty.
struct Archives {
    std::shared_ptr<const data::ArchiveIndex> photos;
    std::shared_ptr<const data::ArchiveIndex> labels;
};

/// Opens the archives of the settings: rank 0 takes the index from `cache`, a folder, or makes it and leaves it there
/// where that exists and can be written; the others get it from rank 0. Collective. `tick` is called now and then on
/// rank 0. Throws AgreedError as data::ArchiveIndex::build.
Archives open_archives(
    const Settings& settings, const std::filesystem::path& cache, const comm::Communicator& communicator,
    const Log& log, const std::function<void()>& tick = [] {});

/// Local. `archives`: as open_archives() gives them.
data::Photos photos_of(const Settings& settings, const Archives& archives);

/// Local. `semantics`: names of the classes, S of them. Throws InputError and UsageError as data::LabelDecoder.
data::LabelMaps label_maps_of(const Settings& settings, std::span<const std::string> semantics,
                              const Archives& archives);

/// How label maps are called. Local.
data::LabelNaming label_naming_of(const Settings& settings);

}  // namespace semscope::cli
