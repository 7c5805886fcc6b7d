#pragma once

#include "semscope/results/statistics_file.hpp"
#include "semscope/statistics/relevance.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What programs tell people of a statistics file.
namespace semscope::statistics {

/// A class of a scene; its deviations or Shapley values over the correct predictions. Numbers are NaN where the file
/// has NaN.
struct ClassView {
    statistics::ClassEvidence evidence;
    statistics::Relevance set = statistics::Relevance::absent;
    std::uint32_t present = 0;  ///< correct predictions where the class is present
    double ci_low = 0;
    double ci_high = 0;
    double q_value = 0;
};

/// A scene of a statistics file, with all of its classes.
struct SceneView {
    std::string name;
    std::uint32_t images = 0;   ///< of the scene
    std::uint32_t correct = 0;  ///< of them, recognised
    std::vector<ClassView> classes;
    statistics::RelevanceSets sets;

    /// Top-1 in per cent, NaN without images.
    double accuracy() const;
};

/// The names of a statistics file, read once, and its scenes, read when asked for.
class SceneViews {
  public:
    /// `attribution`: what numbers and sets are of; nothing = what the statistics were made for
    /// (statistics.attribution). `file` must outlive this. Throws InputError when the file does not have it.
    explicit SceneViews(const results::StatisticsReader& file, std::optional<Attribution> attribution = {});

    std::uint64_t size() const noexcept { return scenes_.size(); }
    const std::vector<std::string>& scene_names() const noexcept { return scenes_; }
    const std::string& class_name(std::size_t semantic) const { return semantics_.at(semantic); }
    SceneView scene(std::uint64_t index) const;
    Attribution attribution() const noexcept { return attribution_; }

  private:
    const results::StatisticsReader& file_;
    Attribution attribution_ = Attribution::occlusion;
    statistics::RelevanceThresholds thresholds_;
    std::vector<std::string> scenes_;
    std::vector<std::string> semantics_;
};

/// "relevant", "irrelevant", "distracting", "absent".
const char* name_of(statistics::Relevance set);

/// The evaluation table for people: Loss | Top@1 | Top@2 | Top@5 | Mean Class Accuracy | Of All Scenes, the last one
/// being the mean over scenes without images as well.
std::string evaluation_table(const results::EvaluationSummary& evaluation);

/// One line on what the numbers stand on.
std::string describe_images(const results::EvaluationSummary& evaluation);

}  // namespace semscope::statistics
