#pragma once

#include "semscope/attribution/settings.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// Orders of the n classes of an image: permutations of 0 .. n-1. All local and pure.
namespace semscope::attribution {

/// An order of the classes: the class at each step.
using Order = std::vector<std::uint32_t>;

/// What a random order is for; the orders of one purpose say nothing about those of another.
enum class Purpose : std::uint32_t { shapley = 0, curves = 1 };

/// Which of all random orders.
struct OrderName {
    std::uint64_t seed = 0;
    std::uint64_t image = 0;   ///< index in the image list
    std::uint32_t number = 0;  ///< of the order
    Purpose purpose = Purpose::shapley;
};

/// A uniformly random order as a function of its name alone: Fisher-Yates with Philox4x32-10, the seed as key and
/// (image low, image high, number, purpose * 2^31 + block) as counter. A block gives two draws of 64 bits.
Order random_order(const OrderName& name, std::size_t classes);

/// Classes by falling value, equal ones in ascending order. No value is NaN.
template <class T>
Order falling_order(std::span<const T> values);

/// The same order backwards.
Order reversed(Order order);

/// The names of the curves' orders in a file: deviation, shapley where there are Shapley values, area, random 1 and so
/// on; none where there are no curves.
std::vector<std::string> order_names(const Settings& settings);

}  // namespace semscope::attribution
