#pragma once

#include "semscope/attribution/evaluation.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <numeric>
#include <vector>

namespace semscope::attribution {

/// The probability of scene 0, of two, for a coalition of classes.
using Game = std::function<double(const Coalition&)>;

inline std::vector<float> row_of(const Game& game, const Coalition& coalition) {
    const double value = game(coalition);
    return {static_cast<float>(value), static_cast<float>(1 - value)};
}

/// Plays an image: gives the rows of all coalitions that are asked for, `ahead` of them at a time, and counts how often
/// each is asked for.
struct Played {
    Evaluation evaluation;
    std::map<Coalition, int> asked;

    double shapley(std::size_t i) const { return evaluation.shapley()->values[2 * i]; }
    double error(std::size_t i) const { return evaluation.shapley()->errors[2 * i]; }
};

inline Played play(const Settings& settings, std::size_t classes, const Game& game, std::uint64_t image = 0,
                   std::size_t ahead = 5) {
    std::vector<std::uint32_t> pixels(classes);
    std::iota(pixels.begin(), pixels.end(), 10U);
    Played played{Evaluation(settings, {image, 1, classes, pixels}, 2), {}};
    while (!played.evaluation.finished()) {
        std::vector<Coalition> batch;
        while (batch.size() < ahead)
            if (auto coalition = played.evaluation.next())
                batch.push_back(*std::move(coalition));
            else
                break;
        if (batch.empty() && !played.evaluation.exhausted())
            break;  // a mistake: nothing is asked for and nothing comes
        for (const Coalition& coalition : batch) {
            ++played.asked[coalition];
            played.evaluation.add(row_of(game, coalition));
        }
    }
    return played;
}

inline Settings exact_settings() {
    Settings settings;
    settings.shapley = Shapley::exact;
    settings.budget = 1024;
    return settings;
}

}  // namespace semscope::attribution
