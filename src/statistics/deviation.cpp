#include "semscope/statistics/deviation.hpp"

#include "semscope/statistics/evaluation.hpp"

#include <limits>
#include <numeric>

namespace semscope::statistics {

std::vector<float> deviations(const ImageRows& rows, std::uint32_t scene) {
    std::vector<float> result;
    result.reserve(rows.variants());
    for (std::size_t i = 0; i < rows.variants(); ++i)
        result.push_back(deviation(rows.probability[scene], rows.variant(i)[scene]));
    return result;
}
namespace {

/// The lowest of the classes 1 .. that is not in `present` (ascending); may be beyond the last class.
std::uint32_t first_absent(std::span<const std::uint16_t> present) {
    std::uint32_t candidate = 1;
    for (const std::uint16_t semantic : present) {
        if (semantic > candidate) break;
        candidate = semantic + 1U;
    }
    return candidate;
}

MatrixEntry largest_of_row(std::uint32_t semantic, std::span<const float> row) {
    const std::uint32_t scene = argmax(row);
    return {semantic, scene, row[scene]};
}

}  // namespace

std::optional<MatrixEntry> largest_entry(const ImageRows& rows, std::size_t semantics) {
    std::optional<MatrixEntry> largest;
    const auto offer = [&largest](const MatrixEntry& entry) {
        const bool better = !largest || entry.probability > largest->probability ||
                            (entry.probability == largest->probability && entry.semantic < largest->semantic);
        if (better) largest = entry;
    };
    for (std::size_t i = 0; i < rows.variants(); ++i) offer(largest_of_row(rows.semantic[i], rows.variant(i)));
    const std::uint32_t absent = first_absent(rows.semantic);
    if (absent < semantics) offer(largest_of_row(absent, rows.probability));
    return largest;
}

std::optional<std::uint16_t> strongest_distractor(const ImageRows& rows, std::size_t semantics, std::uint32_t scene) {
    const auto largest = largest_entry(rows, semantics);
    if (!largest || largest->scene != scene) return std::nullopt;
    return static_cast<std::uint16_t>(largest->semantic);
}

std::vector<std::uint16_t> flip_distractors(const ImageRows& rows, std::uint32_t scene) {
    std::vector<std::uint16_t> result;
    for (std::size_t i = 0; i < rows.variants(); ++i)
        if (argmax(rows.variant(i)) == scene) result.push_back(rows.semantic[i]);
    return result;
}

void add_pixels(std::span<std::uint64_t> counts, std::span<const std::uint16_t> semantic,
                std::span<const std::uint32_t> pixels) {
    for (std::size_t i = 0; i < semantic.size(); ++i) counts[semantic[i]] += pixels[i];
}

std::vector<double> pixel_shares(std::span<const std::uint64_t> counts) {
    std::vector<double> shares(counts.size(), 0.0);
    if (counts.empty()) return shares;
    const std::uint64_t labelled = std::accumulate(counts.begin() + 1, counts.end(), std::uint64_t{0});
    for (std::size_t s = 1; s < counts.size(); ++s)
        shares[s] = labelled == 0 ? std::numeric_limits<double>::quiet_NaN()
                                  : static_cast<double>(counts[s]) / static_cast<double>(labelled);
    return shares;
}

}  // namespace semscope::statistics
