#pragma once

#include "semscope/results/statistics_file.hpp"
#include "semscope/statistics/inference.hpp"

#include <array>
#include <cstdint>
#include <span>

namespace semscope::statistics {

/// A curve at the shares 0, 0.05 .. 1 of the classes.
using CurveAtShares = std::array<float, results::curve_points>;

/// The deletion and the insertion curve of an image. Plain.
struct CurvePair {
    CurveAtShares deletion{};
    CurveAtShares insertion{};
};

/// A curve of n steps, [n+1] with its start, which stands for the shares k / n of the classes, at the shares of
/// CurveAtShares: linear between its points. Precondition: n > 0. Pure.
CurveAtShares at_shares(std::span<const float> curve);

/// The mean of the curves of several orders. Precondition: there are some. Pure.
CurvePair mean_of(std::span<const CurvePair> pairs);

/// What is added to DrawKey::set of areas for the curves of the same images.
inline constexpr std::uint8_t mean_curve_sets = 4;

/// Appends a row [K,G] to every curve of `rows`: the means over images, and the 95 % percentile bootstrap interval of
/// each point. `curves` [images,K]: in image order. All kinds and points of a row share their resamples, so that bands
/// can be compared. NaN without images. Costs O(images * K * resamples).
void append_curves(results::FaithfulnessRows& rows, std::span<const CurvePair> curves, std::size_t kinds,
                   const DrawKey& key, Intervals& intervals);

}  // namespace semscope::statistics
