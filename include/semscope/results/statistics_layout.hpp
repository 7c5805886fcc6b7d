#pragma once

#include "semscope/results/occlusion_layout.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace semscope::results {

inline constexpr const char* statistics_format = "semscope statistics";
inline constexpr std::uint64_t statistics_format_version = 1;

/// The two groups below /deviation: the set of images that the deviations of scene c are taken over.
enum class DeviationSet : std::uint8_t {
    correct = 0,    ///< TP: true scene and prediction are both c
    predicted = 1,  ///< Det: the prediction is c, whatever the true scene, also when that is unknown
};

/// The float64 [C,S] datasets of a group below /deviation.
enum class Column : std::uint8_t {
    mean,
    mean_present,
    std,
    min,
    q1,
    median,
    q3,
    max,
    whisker_low,
    whisker_high,
    ci_low,
    ci_high,
    p_value,
    q_value
};
inline constexpr std::size_t column_count = 14;

/// "correct" or "predicted".
const char* name_of(DeviationSet set);

/// The attributes of /evaluation. Accuracies in per cent, NaN when no image took part.
struct EvaluationSummary {
    std::uint64_t images = 0;      ///< done, and of known scene: what the accuracies are shares of
    std::uint64_t unknown = 0;     ///< done, of unknown scene
    std::uint64_t unreadable = 0;  ///< marked unreadable
    std::uint64_t pending = 0;     ///< not done yet; 0 for a complete occlusion file
    double loss = 0;               ///< mean cross-entropy, nat
    double top1 = 0;               ///< Top-k: the true scene is among the k most probable
    double top2 = 0;
    double top5 = 0;                 ///< 100 when there are 5 scenes or fewer
    double mean_class_accuracy = 0;  ///< mean of the scenes' Top-1, over the scenes that have an image
};

/// How the statistics were made: attributes of /deviation and /relevance.
struct StatisticsSettings {
    std::uint64_t seed = 0;
    std::uint64_t resamples = 0;
    std::uint64_t permutations = 0;
    double relevant = 0;
    double distracting = 0;
};

/// An attribute of a group, and what the documentation says of it.
struct AttributeSpec {
    const char* group;
    const char* name;
    const char* meaning;
};

/// The table of the attributes of /evaluation: calls visit(AttributeSpec, member) for each member, in the order in
/// which they are written. `Summary` is EvaluationSummary, const or not.
template <class Summary, class Visit>
void visit_evaluation(Summary& summary, Visit&& visit) {
    constexpr const char* group = "/evaluation";
    visit(AttributeSpec{group, "images", "images done, of known scene: what the accuracies are shares of"},
          summary.images);
    visit(AttributeSpec{group, "unknown", "images done, of unknown scene"}, summary.unknown);
    visit(AttributeSpec{group, "unreadable", "images marked unreadable"}, summary.unreadable);
    visit(AttributeSpec{group, "pending", "images not done yet"}, summary.pending);
    visit(AttributeSpec{group, "loss", "mean cross-entropy, nat"}, summary.loss);
    visit(AttributeSpec{group, "top1", "per cent of the images whose scene is the most probable"}, summary.top1);
    visit(AttributeSpec{group, "top2", "per cent whose scene is among the 2 most probable"}, summary.top2);
    visit(AttributeSpec{group, "top5", "per cent whose scene is among the 5 most probable"}, summary.top5);
    visit(AttributeSpec{group, "mean_class_accuracy", "mean of the scenes' top1, over the scenes that have an image"},
          summary.mean_class_accuracy);
}

/// The same of StatisticsSettings.
template <class Settings, class Visit>
void visit_settings(Settings& settings, Visit&& visit) {
    constexpr const char* deviation = "/deviation";
    constexpr const char* relevance = "/relevance";
    visit(AttributeSpec{deviation, "seed", "statistics.seed"}, settings.seed);
    visit(AttributeSpec{deviation, "resamples", "statistics.resamples"}, settings.resamples);
    visit(AttributeSpec{deviation, "permutations", "statistics.permutations"}, settings.permutations);
    visit(AttributeSpec{relevance, "relevant", "statistics.relevant"}, settings.relevant);
    visit(AttributeSpec{relevance, "distracting", "statistics.distracting"}, settings.distracting);
}

/// Extents, labels and attributes of a statistics file: C scenes, S semantics including 0 = unlabelled.
struct StatisticsLayout {
    std::vector<std::string> scenes;
    std::vector<std::string> semantics;
    std::array<std::uint64_t, 2> samples{};  ///< stored deviations of each DeviationSet
    EvaluationSummary evaluation;
    StatisticsSettings settings;
};

/// Creates a statistics file with every dataset allocated, names and attributes written; the numbers are left to
/// StatisticsWriter. Local, on one rank, before the others open the file. `path` is a temporary name: the file is to
/// get its own when it is whole, so that a run that is killed leaves no half result under that.
/// Throws IoError when it cannot be made or the disk is full; nothing is left behind then.
void create_statistics_file(const std::filesystem::path& path, const StatisticsLayout& layout,
                            const Provenance& provenance);

}  // namespace semscope::results
