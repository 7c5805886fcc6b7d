#include "cloud_values.hpp"

#include <algorithm>

namespace semscope::postprocess {

double distracting_value(std::uint32_t flips, std::uint32_t missed, double mean, double threshold) {
    const double by_flips = missed > 0 ? static_cast<double>(flips) / missed : 0;
    const double by_mean = mean < -threshold ? -mean : 0;
    return std::max(by_flips, by_mean);
}

std::vector<double> cloud_values(const results::StatisticsReader& file, std::uint64_t scene, CloudSet set) {
    const results::Range range{scene, scene + 1};
    std::vector<double> mean = file.column(results::DeviationSet::correct, results::Column::mean, range);
    if (set == CloudSet::relevant) return mean;
    const auto flip = file.flip(range);
    const std::uint32_t missed = file.distractor_images(range)[0];
    const double threshold = file.settings().distracting;
    std::vector<double> values;
    for (std::size_t s = 0; s < mean.size(); ++s)
        values.push_back(distracting_value(flip[s], missed, mean[s], threshold));
    return values;
}

}  // namespace semscope::postprocess
