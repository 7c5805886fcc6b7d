#include "semscope/statistics/scores.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace semscope::statistics {
namespace {

constexpr std::size_t lanes = 16;

}  // namespace

std::uint32_t argmax(std::span<const float> row) {
    // Largest values of interleaved parts, which the compiler turns into vector instructions; then the first place of
    // the largest of all. Several times as fast as one comparison after the other.
    std::array<float, lanes> largest{};
    largest.fill(row.front());
    std::size_t i = 0;
    for (; i + lanes <= row.size(); i += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane)
            largest[lane] = row[i + lane] > largest[lane] ? row[i + lane] : largest[lane];
    float top = *std::max_element(largest.begin(), largest.end());
    for (; i < row.size(); ++i) top = row[i] > top ? row[i] : top;
    return static_cast<std::uint32_t>(std::find(row.begin(), row.end(), top) - row.begin());
}

std::uint32_t position_of(std::span<const float> row, std::uint32_t scene) {
    const float own = row[scene];
    const auto not_after = std::count_if(row.begin(), row.begin() + scene, [own](float p) { return p >= own; });
    const auto before = std::count_if(row.begin() + scene, row.end(), [own](float p) { return p > own; });
    return static_cast<std::uint32_t>(not_after + before);
}

bool is_probability_row(std::span<const float> row) {
    return std::all_of(row.begin(), row.end(), [](float p) { return p >= 0.0F && p <= 1.0F; });
}

bool is_distribution(std::span<const float> row) {
    // Several sums side by side and one verdict at the end: the compiler makes vector instructions of it, which lets a
    // reduction run at the speed of the disk. A NaN fails every comparison.
    std::array<float, lanes> sums{};
    std::array<std::int32_t, lanes> inside{};
    std::size_t i = 0;
    for (; i + lanes <= row.size(); i += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const float p = row[i + lane];
            sums[lane] += p;
            inside[lane] += static_cast<std::int32_t>(p >= 0.0F) & static_cast<std::int32_t>(p <= 1.0F);
        }
    double sum = 0;
    for (const float part : sums) sum += static_cast<double>(part);
    for (std::size_t rest = i; rest < row.size(); ++rest) sum += static_cast<double>(row[rest]);
    const bool all_inside = std::accumulate(inside.begin(), inside.end(), std::size_t{0}) == i;
    return all_inside && is_probability_row(row.subspan(i)) && std::abs(sum - 1) <= 1e-3;
}

}  // namespace semscope::statistics
