#include "semscope/statistics/relevance.hpp"

#include <algorithm>
#include <cmath>

namespace semscope::statistics {
namespace {

/// Larger mean first, no mean last, then the lower class index.
bool more_relevant(const ClassEvidence& a, const ClassEvidence& b) {
    if (std::isnan(a.mean) != std::isnan(b.mean)) return std::isnan(b.mean);
    if (a.mean != b.mean && !std::isnan(a.mean)) return a.mean > b.mean;
    return a.semantic < b.semantic;
}

/// More counts first, then the lower mean, no mean last, then the lower class index.
bool more_distracting(const ClassEvidence& a, const ClassEvidence& b) {
    if (a.strongest != b.strongest) return a.strongest > b.strongest;
    if (a.flip != b.flip) return a.flip > b.flip;
    if (std::isnan(a.mean) != std::isnan(b.mean)) return std::isnan(b.mean);
    if (a.mean != b.mean && !std::isnan(a.mean)) return a.mean < b.mean;
    return a.semantic < b.semantic;
}

}  // namespace

bool is_relevant(const ClassEvidence& evidence, const RelevanceThresholds& thresholds) {
    return evidence.mean > thresholds.relevant;
}

bool is_distracting(const ClassEvidence& evidence, const RelevanceThresholds& thresholds) {
    return evidence.strongest > 0 || evidence.flip > 0 || evidence.mean < -thresholds.distracting;
}

Relevance relevance_of(const ClassEvidence& evidence, const RelevanceThresholds& thresholds) {
    if (is_relevant(evidence, thresholds)) return Relevance::relevant;
    if (is_distracting(evidence, thresholds)) return Relevance::distracting;
    return evidence.present ? Relevance::irrelevant : Relevance::absent;
}

RelevanceSets relevance_sets(std::span<const ClassEvidence> classes, const RelevanceThresholds& thresholds) {
    RelevanceSets sets;
    for (const ClassEvidence& evidence : classes) {
        if (is_relevant(evidence, thresholds)) sets.relevant.push_back(evidence);
        if (is_distracting(evidence, thresholds)) sets.distracting.push_back(evidence);
        if (relevance_of(evidence, thresholds) == Relevance::irrelevant) sets.irrelevant.push_back(evidence);
    }
    std::sort(sets.relevant.begin(), sets.relevant.end(), more_relevant);
    std::sort(sets.irrelevant.begin(), sets.irrelevant.end(), more_relevant);
    std::sort(sets.distracting.begin(), sets.distracting.end(), more_distracting);
    return sets;
}

}  // namespace semscope::statistics
