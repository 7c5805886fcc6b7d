#pragma once

#include "semscope/core/enumeration.hpp"

#include <array>
#include <cstdint>

/// What the scenes of a photo owe to its classes, beyond the deviation of one class at a time. P are the classes of an
/// image that can be inhibited, n of them; v(T), for a part T of P (a coalition), the scene probabilities when P \ T is
/// inhibited.
namespace semscope::attribution {

/// Whether Shapley values are computed.
enum class Shapley {
    off,
    automatic,  ///< from all coalitions where they fit the budget, else from random permutations
    exact,      ///< from all coalitions; images whose coalitions do not fit the budget are refused
};

constexpr auto value_names(Shapley /*enumeration*/) {
    return std::array<ValueName<Shapley>, 3>{
        {{Shapley::off, "off"}, {Shapley::automatic, "auto"}, {Shapley::exact, "exact"}}};
}

/// What is asked for. docs/options.md explains each setting.
struct Settings {
    Shapley shapley = Shapley::off;
    std::uint32_t budget = 512;  ///< coalitions that the Shapley values of an image stand on, at most
    std::uint64_t seed = 0;      ///< of the permutations and the random orders
    bool curves = false;
    std::uint32_t random_orders = 8;  ///< of the curves
    bool interactions = false;

    /// Whether there is anything besides the deviations of single classes.
    bool any() const noexcept { return shapley != Shapley::off || curves || interactions; }
};

}  // namespace semscope::attribution
