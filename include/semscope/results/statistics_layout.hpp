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

/// The two groups below /deviation.
enum class DeviationSet : std::uint8_t { correct = 0, predicted = 1 };

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

/// Name and description of a column.
struct ColumnInfo {
    const char* name;
    const char* long_name;
};
const ColumnInfo& describe(Column column);

/// "correct" or "predicted".
const char* name_of(DeviationSet set);

/// The attributes of /evaluation. Accuracies in per cent, NaN when no image took part.
struct EvaluationSummary {
    std::uint64_t images = 0;      ///< done, and of known scene: what the accuracies are shares of
    std::uint64_t unknown = 0;     ///< done, of unknown scene
    std::uint64_t unreadable = 0;  ///< marked unreadable
    std::uint64_t pending = 0;     ///< not done yet; 0 for a complete occlusion file
    double loss = 0;               ///< mean cross-entropy, nat
    double top1 = 0;
    double top2 = 0;
    double top5 = 0;
    double mean_class_accuracy = 0;
};

/// How the statistics were made: attributes of /deviation and /relevance.
struct StatisticsSettings {
    std::uint64_t seed = 0;
    std::uint64_t resamples = 0;
    std::uint64_t permutations = 0;
    double relevant = 0;
    double distracting = 0;
};

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
