#pragma once

#include "semscope/comm/partition.hpp"
#include "semscope/results/occlusion_file.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

/// What statistics files hold, in memory: the columns of their groups, and the rows of some scenes or images.
namespace semscope::results {

using comm::Range;

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

/// The float64 [C,A,K] datasets of /faithfulness/scene, and [A,K] of /faithfulness/all.
enum class AreaColumn : std::uint8_t {
    mean,
    ci_low,
    ci_high,
    minus_random,
    minus_random_ci_low,
    minus_random_ci_high,
    minus_area,
    minus_area_ci_low,
    minus_area_ci_high
};
inline constexpr std::size_t area_column_count = 9;

/// The mean curves of a kind of orders, float64 [C,K,G] datasets of /faithfulness/scene, and [K,G] of
/// /faithfulness/all.
enum class CurveColumn : std::uint8_t {
    deletion,
    deletion_ci_low,
    deletion_ci_high,
    insertion,
    insertion_ci_low,
    insertion_ci_high
};
inline constexpr std::size_t curve_column_count = 6;

/// G: the shares of the classes 0, 0.05 .. 1 that the mean curves are given for.
inline constexpr std::size_t curve_points = 21;

/// The float64 [Z] datasets of a group below /interaction.
enum class InteractionColumn : std::uint8_t { mean, ci_low, ci_high, p_value, q_value };
inline constexpr std::size_t interaction_column_count = 5;

/// "correct" or "predicted".
const char* name_of(DeviationSet set);

/// "predicted" or "truth".
const char* name_of(InteractionScene scene);

/// What a statistics file holds of a contiguous range of n images, as the table of its group /image says.
struct ImageStatistics {
    Range images;
    std::vector<std::uint8_t> status;
    std::vector<std::int32_t> scene;
    std::vector<std::int32_t> predicted;
    std::vector<float> scene_probability;
    std::vector<float> predicted_probability;
    std::vector<std::uint32_t> rank;
    std::vector<float> loss;
    std::vector<std::uint8_t> correct;
    std::vector<std::uint16_t> supporting;
    std::vector<float> supporting_deviation;
    std::vector<std::uint16_t> opposing;
    std::vector<float> opposing_deviation;
    std::vector<std::uint16_t> distractor;
    std::vector<std::uint64_t> flip_count;  ///< [n]: flip distractors of each image
    std::vector<std::uint16_t> flip;        ///< those of all, one image after the other
};

/// Areas under deletion and insertion curves: of n scenes, or of all images (n = 1). A areas (curve_areas), K kinds of
/// orders.
struct FaithfulnessRows {
    std::vector<std::uint32_t> images;                           ///< [n]; none over all images
    std::array<std::vector<double>, area_column_count> columns;  ///< by AreaColumn, each [n,A,K]
    std::array<std::vector<double>, curve_column_count> curves;  ///< by CurveColumn, each [n,K,G]
};

/// The pairs of classes of n scenes, those of one scene after the other: Z in all, ascending within a scene.
struct InteractionRows {
    std::vector<std::uint64_t> count;  ///< [n]: pairs of each scene
    std::vector<std::uint16_t> first;  ///< [Z]
    std::vector<std::uint16_t> second;
    std::vector<std::uint32_t> images;                                  ///< [Z] where both are present
    std::array<std::vector<double>, interaction_column_count> columns;  ///< by InteractionColumn, each [Z]

    const std::vector<double>& column(InteractionColumn which) const {
        return columns.at(static_cast<std::size_t>(which));
    }
};

/// The rows of some scenes in a group below /deviation; n scenes, S semantics.
struct DeviationRows {
    std::vector<std::uint32_t> images;                      ///< [n]
    std::vector<std::uint32_t> present;                     ///< [n,S]
    std::array<std::vector<double>, column_count> columns;  ///< by Column, each [n,S]
    std::vector<std::uint64_t> sample_count;                ///< [n,S]: stored deviations of each
    std::vector<float> sample_value;                        ///< those of all, one (scene, class) after the other
    std::vector<std::uint32_t> sample_image;
};

/// The same of a group below /shapley, for what it does not share with its group below /deviation.
struct ShapleyRows {
    std::array<std::vector<double>, column_count> columns;  ///< by Column, each [n,S]
    std::vector<float> sample_value;
};

/// All rows of a contiguous range of scenes; n scenes, C scenes in all, S semantics.
struct StatisticsRows {
    Range scenes;
    std::vector<std::uint32_t> confusion;  ///< [n,C]
    std::vector<std::uint32_t> scene_images;
    std::vector<std::uint32_t> scene_top1;
    std::vector<std::uint32_t> scene_top2;
    std::vector<std::uint32_t> scene_top5;
    std::array<DeviationRows, 2> deviation;        ///< by DeviationSet
    std::vector<std::uint32_t> distractor_images;  ///< [n]
    std::vector<std::uint32_t> strongest;          ///< [n,S]
    std::vector<std::uint32_t> flip;               ///< [n,S]
    std::vector<double> distribution_truth;        ///< [n,S]
    std::vector<double> distribution_predicted;    ///< [n,S]
    std::vector<std::uint8_t> relevance;           ///< [n,S]
    ImageStatistics image;                         ///< of a contiguous range of images, whatever the scenes
    FaithfulnessRows faithfulness;                 ///< empty where there are no curves
    FaithfulnessRows overall;                      ///< the same over all images; on rank 0
    std::array<ShapleyRows, 2> shapley;            ///< by DeviationSet; empty where there are no Shapley values
    std::vector<std::uint8_t> shapley_relevance;   ///< [n,S]
    std::array<InteractionRows, 2> interactions;   ///< by InteractionScene; empty where there are none
};

}  // namespace semscope::results
