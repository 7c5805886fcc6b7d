#include "semscope/statistics/sample.hpp"

#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace semscope::statistics {

void SceneSamples::add(std::uint32_t image, std::span<const std::uint16_t> semantic, std::span<const float> value) {
    ++images_;
    for (std::size_t i = 0; i < semantic.size(); ++i) {
        if (semantic[i] >= semantics())
            throw InputError(
                fmt::format("image {} has the semantic class {}, but there are {}", image, semantic[i], semantics()));
        entries_.push_back({image, value[i], semantic[i]});
        ++offset_[semantic[i] + std::size_t{1}];
    }
}

void SceneSamples::finish() {
    const auto key = [](const Entry& entry) { return std::tuple(entry.semantic, entry.image); };
    const auto before = [key](const Entry& a, const Entry& b) { return key(a) < key(b); };
    const auto same = [key](const Entry& a, const Entry& b) { return key(a) == key(b); };
    std::sort(entries_.begin(), entries_.end(), before);
    const auto twice = std::adjacent_find(entries_.begin(), entries_.end(), same);
    if (twice != entries_.end())
        throw InputError(fmt::format("image {} has the semantic class {} twice", twice->image, twice->semantic));

    for (std::size_t s = 1; s < offset_.size(); ++s) offset_[s] += offset_[s - 1];
    value_.reserve(entries_.size());
    image_.reserve(entries_.size());
    for (const Entry& entry : entries_) {
        value_.push_back(entry.value);
        image_.push_back(entry.image);
    }
    entries_ = {};
}

SparseSample SceneSamples::sample(std::size_t s) const {
    return {std::span(value_).subspan(offset_[s], offset_[s + 1] - offset_[s]), images_};
}
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// Where a quantile lies: between the order statistics `below` and below + 1, at the fraction `t` of the way.
struct Place {
    std::size_t below;
    double t;
};

Place place_of(double share, std::size_t size) {
    const double position = share * static_cast<double>(size - 1);
    const auto below = static_cast<std::size_t>(position);
    return {below, position - static_cast<double>(below)};
}

/// From the nearer end, as numpy does it.
double interpolate(double a, double b, double t) {
    const double difference = b - a;
    return t < 0.5 ? a + difference * t : b - difference * (1.0 - t);
}

}  // namespace

SortedSample::SortedSample(const SparseSample& sample)
    : values_(sample.values.begin(), sample.values.end()), zeros_(sample.absent()) {
    std::sort(values_.begin(), values_.end());
    negative_ = static_cast<std::size_t>(std::lower_bound(values_.begin(), values_.end(), 0.0) - values_.begin());
}

double SortedSample::operator[](std::size_t k) const {
    if (k < negative_) return values_[k];
    if (k < negative_ + zeros_) return 0.0;
    return values_[k - zeros_];
}

double SortedSample::quantile(double share) const {
    if (size() == 0) return none;
    const auto [below, t] = place_of(share, size());
    return interpolate((*this)[below], (*this)[std::min(below + 1, size() - 1)], t);
}

double SortedSample::largest_up_to(double limit) const {
    const auto above = std::upper_bound(values_.begin(), values_.end(), limit);
    const double stored = above == values_.begin() ? none : *(above - 1);
    if (zeros_ == 0 || limit < 0.0) return stored;
    return stored > 0.0 ? stored : 0.0;
}

double SortedSample::smallest_from(double limit) const {
    const auto at = std::lower_bound(values_.begin(), values_.end(), limit);
    const double stored = at == values_.end() ? none : *at;
    if (zeros_ == 0 || limit > 0.0) return stored;
    return stored < 0.0 ? stored : 0.0;
}

double quantile(std::span<double> values, double share) {
    const auto [below, t] = place_of(share, values.size());
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(below);
    std::nth_element(values.begin(), at, values.end());
    const double next = at + 1 == values.end() ? *at : *std::min_element(at + 1, values.end());
    return interpolate(*at, next, t);
}
namespace {

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

}  // namespace semscope::statistics
