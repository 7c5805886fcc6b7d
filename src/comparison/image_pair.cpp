#include "semscope/comparison/image_pair.hpp"

#include "semscope/comparison/rank_correlation.hpp"
#include "semscope/statistics/deviation.hpp"
#include "semscope/statistics/evaluation.hpp"

#include <algorithm>
#include <cmath>

namespace semscope::comparison {

using statistics::ImageRows;

std::vector<PairedClass> pair_classes(const ImageRows& first, const ImageRows& second, std::uint32_t scene) {
    const auto a = statistics::deviations(first, scene), b = statistics::deviations(second, scene);
    std::vector<PairedClass> classes;
    classes.reserve(std::max(a.size(), b.size()));
    for (std::size_t i = 0, j = 0; i < a.size() || j < b.size();) {
        const bool from_first = j == b.size() || (i < a.size() && first.semantic[i] <= second.semantic[j]);
        const bool from_second = i == a.size() || (j < b.size() && second.semantic[j] <= first.semantic[i]);
        PairedClass one{.semantic = from_first ? first.semantic[i] : second.semantic[j],
                        .present = static_cast<std::uint8_t>((from_first ? 1U : 0U) | (from_second ? 2U : 0U))};
        if (from_first) one.first = a[i++];
        if (from_second) one.second = b[j++];
        classes.push_back(one);
    }
    return classes;
}

float rank_correlation_of(std::span<const PairedClass> classes) {
    std::vector<float> first, second;
    for (const PairedClass& each : classes) {
        if (!each.in_both()) continue;
        first.push_back(each.first);
        second.push_back(each.second);
    }
    return static_cast<float>(rank_correlation(first, second));
}

std::optional<PairedClass> largest_difference(std::span<const PairedClass> classes) {
    std::optional<PairedClass> largest;
    float size = 0;
    for (const PairedClass& each : classes)
        if (const float own = std::abs(each.difference()); own > size) {
            largest = each;
            size = own;
        }
    return largest;
}

void set_roles(std::span<PairedClass> classes, const ImageRows& recognised, const ImageRows& missed,
               std::uint32_t truth) {
    const auto add = [&](const ImageRows& rows, bool wanted, results::Role role) {
        auto place = classes.begin();
        for (std::size_t i = 0; i < rows.variants(); ++i) {
            while (place->semantic != rows.semantic[i]) ++place;  // both ascend
            if ((statistics::argmax(rows.variant(i)) == truth) == wanted)
                place->role = static_cast<std::uint8_t>(place->role | static_cast<std::uint8_t>(role));
        }
    };
    add(recognised, false, results::Role::necessary);
    add(missed, true, results::Role::flip);
}

}  // namespace semscope::comparison
