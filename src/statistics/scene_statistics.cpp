#include "semscope/statistics/scene_statistics.hpp"

#include "semscope/base/error.hpp"
#include "semscope/statistics/permutation.hpp"

namespace semscope::statistics {

std::vector<ClassStatistics> scene_statistics(const SceneSamples& samples, ImageSet set, std::uint32_t scene,
                                              const ResamplingOptions& options) {
    if (options.resamples == 0 || options.permutations == 0)
        throw UsageError("the numbers of bootstrap resamples and of permutations must be at least 1");
    std::vector<ClassStatistics> result;
    std::vector<double> p_values;
    for (std::size_t s = 0; s < samples.semantics(); ++s) {
        const SparseSample sample = samples.sample(s);
        const DrawKey key{.seed = options.seed,
                          .set = static_cast<std::uint8_t>(set),
                          .scene = scene,
                          .semantic = static_cast<std::uint16_t>(s)};
        p_values.push_back(sign_flip_p_value(sample.values, key, options.permutations));
        result.push_back({.summary = summarise(sample),
                          .ci = bootstrap_mean(sample, key, options.resamples),
                          .p_value = p_values.back(),
                          .q_value = 0});
    }
    const std::vector<double> q_values = adjust_p_values(p_values);
    for (std::size_t s = 0; s < result.size(); ++s) result[s].q_value = q_values[s];
    return result;
}

}  // namespace semscope::statistics
