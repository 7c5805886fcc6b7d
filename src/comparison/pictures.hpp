#pragma once

#include "semscope/cli/settings.hpp"
#include "semscope/comparison/views.hpp"
#include "semscope/figures/picture.hpp"
#include "semscope/postprocess/selection.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// The dumbbell pictures of a comparison: output.figures/comparison/SCENE.* and, of the largest differences of all
/// scenes, output.figures/comparison.*
namespace semscope::comparison {

/// How the pictures are written, and of which scenes.
struct PicturePlan {
    postprocess::Output output;
    std::vector<figures::Format> formats;
    std::vector<std::uint64_t> scenes;
};

/// Checks the settings of the pictures, and that none of them exists that may not be replaced. Local. Throws InputError
/// or UsageError that lists all that is wrong.
PicturePlan plan_pictures(const cli::Settings& settings, std::span<const std::string> scenes);

/// The picture of a scene: the classes whose mean deviation exceeds the threshold in one of the files, by falling size
/// of the difference. Nothing when there are none. Local.
std::optional<figures::Picture> scene_picture(const ComparisonViews& views, std::uint64_t scene,
                                              const std::string& font);

/// The same of the classes of all `scenes`. Local.
std::optional<figures::Picture> overall_picture(const ComparisonViews& views, std::span<const std::uint64_t> scenes,
                                                const std::string& font);

/// Where the pictures go, without ending.
std::filesystem::path scene_base(const PicturePlan& plan, const std::string& scene);
std::filesystem::path overall_base(const PicturePlan& plan);

}  // namespace semscope::comparison
