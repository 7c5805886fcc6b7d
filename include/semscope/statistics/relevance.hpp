#pragma once

#include "semscope/cli/settings.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace semscope::statistics {

/// What a semantic class is to a scene. The values are those of the statistics file.
enum class Relevance : std::uint8_t { absent = 0, relevant = 1, irrelevant = 2, distracting = 3 };

/// The limits of the sets, both >= 0: statistics.relevant and statistics.distracting.
struct RelevanceThresholds {
    /// A class is relevant when its mean deviation is above,
    double relevant = cli::StatisticsSettings{}.relevant;
    /// and distracting when its mean deviation is below the negative of this.
    double distracting = cli::StatisticsSettings{}.distracting;
};

/// What is known of class `semantic` in a scene.
struct ClassEvidence {
    std::uint16_t semantic = 0;
    double mean = 0;              ///< mean deviation over the correct predictions; NaN when there are none
    bool present = false;         ///< in any image of the scene
    std::uint32_t strongest = 0;  ///< images in which it is the strongest distractor
    std::uint32_t flip = 0;       ///< images in which it is a flip distractor
};

/// Relevant: the mean deviation is above the threshold.
bool is_relevant(const ClassEvidence& evidence, const RelevanceThresholds& thresholds);

/// Distracting: a distractor of at least one image, by either definition, or a mean deviation below the negative
/// threshold.
bool is_distracting(const ClassEvidence& evidence, const RelevanceThresholds& thresholds);

/// The one set that the statistics file names. A class can be relevant to the images that are recognised and distract
/// in those that are not: it counts as relevant. A class that is present, and neither, is irrelevant; so are all
/// those of a scene without correct predictions that are no distractors, because they have no mean.
Relevance relevance_of(const ClassEvidence& evidence, const RelevanceThresholds& thresholds);

/// The three sets of a scene, strongest first. Equals are ordered by class index.
/// Unlike relevance_of they do not hide an overlap: a class that is both is in `relevant` and in `distracting`.
struct RelevanceSets {
    std::vector<ClassEvidence> relevant;     ///< by falling mean deviation
    std::vector<ClassEvidence> irrelevant;   ///< by falling mean deviation; those without a mean last
    std::vector<ClassEvidence> distracting;  ///< by falling strongest, then falling flip, then rising mean deviation
};

/// Sorts the classes of a scene into its sets.
RelevanceSets relevance_sets(std::span<const ClassEvidence> classes, const RelevanceThresholds& thresholds);

}  // namespace semscope::statistics
