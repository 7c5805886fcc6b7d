#pragma once

#include "image_data.hpp"
#include "run_data.hpp"
#include "semscope/cli/settings.hpp"
#include "semscope/results/statistics_file.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace semscope::report {

/// What the first page is made of. Refers to objects that outlive it.
struct OverviewSource {
    const results::StatisticsReader& statistics;
    const cli::Settings& settings;
    const Run& run;
    const Comparison* other = nullptr;  ///< null without a second run
    std::span<const SceneGalleries> galleries;
    std::uint64_t images = 0;                 ///< that the report shows
    std::vector<std::string> missing_photos;  ///< why, an image each
    std::vector<std::string> missing_labels;  ///< why, an image each
};

/// Describes the whole run; docs/formats.md has the layout. Local.
nlohmann::ordered_json describe_overview(const OverviewSource& source);

/// [[image, path, true scene, predicted scene], ...] of the images that the report shows, for the search. Local.
nlohmann::ordered_json describe_images(const Run& run, std::span<const std::uint64_t> images);

/// What the two runs say of the images that both have, the images whose prediction differs, and those whose deviations
/// differ most. Local.
nlohmann::ordered_json describe_comparison(const OverviewSource& source, std::span<const std::uint64_t> images,
                                           std::vector<Difference> differences);

}  // namespace semscope::report
