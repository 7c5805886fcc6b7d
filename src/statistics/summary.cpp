#include "semscope/statistics/summary.hpp"

#include "semscope/statistics/quantile.hpp"

#include <cmath>
#include <limits>

namespace semscope::statistics {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

void set_moments(Summary& summary, const SparseSample& sample) {
    const auto n = static_cast<double>(sample.images);
    double sum = 0;
    for (const float value : sample.values) sum += static_cast<double>(value);
    summary.mean = sum / n;
    summary.mean_present = sample.present() == 0 ? none : sum / static_cast<double>(sample.present());

    double squares = 0;
    for (const float value : sample.values) {
        const double distance = static_cast<double>(value) - summary.mean;
        squares += distance * distance;
    }
    squares += static_cast<double>(sample.absent()) * (summary.mean * summary.mean);
    summary.std = std::sqrt(squares / n);
}

void set_box(Summary& summary, const SparseSample& sample) {
    const SortedSample sorted(sample);
    summary.min = sorted[0];
    summary.q1 = sorted.quantile(0.25);
    summary.median = sorted.quantile(0.5);
    summary.q3 = sorted.quantile(0.75);
    summary.max = sorted[sorted.size() - 1];

    const double reach = 1.5 * (summary.q3 - summary.q1);
    const double low = sorted.smallest_from(summary.q1 - reach);
    const double high = sorted.largest_up_to(summary.q3 + reach);
    summary.whisker_low = low <= summary.q1 ? low : summary.q1;
    summary.whisker_high = high >= summary.q3 ? high : summary.q3;
}

}  // namespace

Summary summarise(const SparseSample& sample) {
    if (sample.images == 0) return {0, 0, none, none, none, none, none, none, none, none, none, none};
    Summary summary;
    summary.images = sample.images;
    summary.present = sample.present();
    set_moments(summary, sample);
    set_box(summary, sample);
    return summary;
}

Fliers fliers(const SparseSample& sample, const Summary& summary) {
    const auto beyond = [&](double value) { return value < summary.whisker_low || value > summary.whisker_high; };
    Fliers result;
    for (std::size_t i = 0; i < sample.values.size(); ++i)
        if (beyond(static_cast<double>(sample.values[i]))) result.present.push_back(i);
    if (beyond(0.0)) result.absent = sample.absent();
    return result;
}

}  // namespace semscope::statistics
