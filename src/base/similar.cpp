#include "semscope/base/similar.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

namespace semscope {

namespace {

/// Least number of characters to insert, delete or replace (Levenshtein 1966), row by row.
std::size_t edit_distance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0]++;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

std::vector<std::string> similar_names(const std::string& name, std::span<const std::string> candidates,
                                       std::size_t most) {
    // Longer ones are no slips of the hand, and comparing them takes quadratic time.
    constexpr std::size_t longest = 200;
    if (name.size() > longest) return {};
    const std::size_t furthest = std::max<std::size_t>(1, name.size() / 3);
    std::vector<std::pair<std::size_t, const std::string*>> found;
    for (const std::string& candidate : candidates) {
        if (!name.empty() && candidate.find(name) != std::string::npos) {
            found.emplace_back(0, &candidate);
            continue;
        }
        if (candidate.size() > longest) continue;
        const std::size_t longer = std::max(name.size(), candidate.size());
        if (longer - std::min(name.size(), candidate.size()) > furthest) continue;
        if (const std::size_t distance = edit_distance(name, candidate); distance <= furthest)
            found.emplace_back(distance, &candidate);
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string> names;
    for (std::size_t i = 0; i < std::min(most, found.size()); ++i) names.push_back(*found[i].second);
    return names;
}

std::string suggest(const std::string& name, std::span<const std::string> candidates) {
    const auto names = similar_names(name, candidates);
    return names.empty() ? "" : fmt::format("; nearest: {}", fmt::join(names, ", "));
}

}  // namespace semscope
