#include "mean_curves.hpp"

#include <limits>
#include <vector>

namespace semscope::statistics {

using results::curve_points;

CurveAtShares at_shares(std::span<const float> curve) {
    const std::size_t steps = curve.size() - 1;
    CurveAtShares result{};
    for (std::size_t g = 0; g < curve_points; ++g) {
        // The place g n / (G - 1) between the points, in whole numbers: the ends are met exactly.
        const std::size_t below = g * steps / (curve_points - 1);
        const std::size_t rest = g * steps % (curve_points - 1);
        const float share = static_cast<float>(rest) / static_cast<float>(curve_points - 1);
        result.at(g) = rest == 0 ? curve[below] : (1 - share) * curve[below] + share * curve[below + 1];
    }
    return result;
}

CurvePair mean_of(std::span<const CurvePair> pairs) {
    CurvePair mean;
    for (const auto curve : {&CurvePair::deletion, &CurvePair::insertion})
        for (std::size_t g = 0; g < curve_points; ++g) {
            double sum = 0;
            for (const CurvePair& each : pairs) sum += static_cast<double>((each.*curve).at(g));
            (mean.*curve).at(g) = static_cast<float>(sum / static_cast<double>(pairs.size()));
        }
    return mean;
}

namespace {

using Means = std::array<double, curve_points>;

/// Calls visit(index) for the images of a resample: as many as there are, with replacement.
template <class Visit>
void for_each_drawn(const Draws& draws, std::uint32_t resample, std::uint32_t images, Visit&& visit) {
    for (std::uint32_t i = 0; i < images; i += 4) {
        const auto bits = draws.block(resample, i / 4);
        for (std::uint32_t k = 0; k < 4 && i + k < images; ++k) visit(index_below(images, bits.at(k)));
    }
}

/// The mean of a curve over the images, then the ends of the interval of each point.
std::array<Means, 3> summarise_curves(const std::vector<CurveAtShares>& curves, const Draws& draws,
                                      Intervals& intervals) {
    const auto images = static_cast<std::uint32_t>(curves.size());
    const auto mean_over = [&](auto&& for_each_image, std::span<double> means) {
        Means sum{};
        for_each_image([&](std::uint32_t i) {
            const CurveAtShares& curve = curves[i];
            for (std::size_t g = 0; g < curve_points; ++g) sum[g] += static_cast<double>(curve[g]);
        });
        for (std::size_t g = 0; g < curve_points; ++g) means[g] = sum[g] / images;
    };
    std::array<Means, 3> result;
    mean_over(
        [&](auto&& visit) {
            for (std::uint32_t i = 0; i < images; ++i) visit(i);
        },
        result[0]);
    const auto points = intervals.of(curve_points, [&](std::uint32_t resample, std::span<double> means) {
        mean_over([&](auto&& visit) { for_each_drawn(draws, resample, images, visit); }, means);
    });
    for (std::size_t g = 0; g < curve_points; ++g) {
        result[1].at(g) = points[g].low;
        result[2].at(g) = points[g].high;
    }
    return result;
}

}  // namespace

void append_curves(results::FaithfulnessRows& rows, std::span<const CurvePair> curves, std::size_t kinds,
                   const DrawKey& key, Intervals& intervals) {
    const Draws draws(key, Purpose::bootstrap);
    const std::size_t images = kinds == 0 ? 0 : curves.size() / kinds;
    std::size_t column = 0;
    for (const auto curve : {&CurvePair::deletion, &CurvePair::insertion}) {
        for (std::size_t k = 0; k < kinds; ++k) {
            std::vector<CurveAtShares> own;
            for (std::size_t i = 0; i < images; ++i) own.push_back(curves[i * kinds + k].*curve);
            std::array<Means, 3> numbers;
            for (Means& each : numbers) each.fill(std::numeric_limits<double>::quiet_NaN());
            if (images > 0) numbers = summarise_curves(own, draws, intervals);
            for (std::size_t i = 0; i < numbers.size(); ++i) {
                auto& to = rows.curves.at(column + i);
                to.insert(to.end(), numbers.at(i).begin(), numbers.at(i).end());
            }
        }
        column += 3;
    }
}

}  // namespace semscope::statistics
