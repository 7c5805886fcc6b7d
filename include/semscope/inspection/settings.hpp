#pragma once

#include "semscope/cli/options.hpp"
#include "semscope/cli/settings.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace semscope::inspection {

/// What semscope-inspect is asked for.
struct InspectionSettings {
    std::filesystem::path file;
    bool json = false;
    bool digest = false;
    bool check = false;
    std::string scene;
    std::optional<std::filesystem::path> figure;
    std::optional<std::filesystem::path> photo;
    cli::Settings shared;  ///< how label maps are read, and whether a figure may be replaced
};

/// The options of semscope-inspect, which set `settings`. Local.
cli::Options inspection_options(InspectionSettings& settings);

}  // namespace semscope::inspection
