#pragma once

#include "semscope/statistics/bootstrap.hpp"
#include "semscope/statistics/deviation.hpp"
#include "semscope/statistics/sample.hpp"
#include "semscope/statistics/summary.hpp"

#include <cstdint>
#include <vector>

namespace semscope::statistics {

/// How the random parts of the statistics are made.
struct ResamplingOptions {
    std::uint64_t seed = 0;             ///< statistics.seed
    std::uint32_t resamples = 2000;     ///< of the bootstrap
    std::uint32_t permutations = 2000;  ///< of the sign-flip test, where it is not exact
};

/// All statistics of one deviation sample.
struct ClassStatistics {
    Summary summary;
    Interval ci;         ///< ci_low, ci_high: 95 % bootstrap interval of the mean, bootstrap_mean
    double p_value = 0;  ///< sign_flip_p_value; NaN for a class never present
    double q_value = 0;  ///< adjusted within this scene and set, over the classes that are present
};

/// The statistics of every class 0 .. S-1 of a scene over one set of images; entry 0, the unlabelled, is that of a
/// class never present. Pure: depends on the arguments alone. Throws UsageError when `options` asks for no resamples.
/// Precondition: samples.finish() was called.
std::vector<ClassStatistics> scene_statistics(const SceneSamples& samples, ImageSet set, std::uint32_t scene,
                                              const ResamplingOptions& options);

}  // namespace semscope::statistics
