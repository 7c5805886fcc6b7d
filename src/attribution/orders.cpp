#include "semscope/attribution/orders.hpp"

#include "semscope/core/random.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace semscope::attribution {

namespace {

Order first_order(std::size_t classes) {
    Order order(classes);
    std::iota(order.begin(), order.end(), std::uint32_t{0});
    return order;
}

/// 64 random bits as a number below `end`: the high word of the product. Off uniform by less than end / 2^64.
std::uint64_t below(std::uint64_t bits, std::uint64_t end) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<Wide>(bits) * end) >> 64);
}

}  // namespace

Order random_order(const OrderName& name, std::size_t classes) {
    Order order = first_order(classes);
    const auto key = philox_key(name.seed);
    const std::uint32_t purpose = static_cast<std::uint32_t>(name.purpose) << 31;
    std::array<std::uint32_t, 4> words{};
    for (std::size_t left = classes, draw = 0; left > 1; --left, ++draw) {
        if (draw % 2 == 0)
            words = philox4x32({static_cast<std::uint32_t>(name.image), static_cast<std::uint32_t>(name.image >> 32),
                                name.number, purpose | static_cast<std::uint32_t>(draw / 2)},
                               key);
        const std::size_t word = 2 * (draw % 2);
        const std::uint64_t bits = (std::uint64_t{words.at(word + 1)} << 32) | words.at(word);
        std::swap(order[left - 1], order[below(bits, left)]);
    }
    return order;
}

template <class T>
Order falling_order(std::span<const T> values) {
    Order order = first_order(values.size());
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return values[a] > values[b]; });
    return order;
}
template Order falling_order(std::span<const double> values);
template Order falling_order(std::span<const float> values);
template Order falling_order(std::span<const std::uint32_t> values);

Order reversed(Order order) {
    std::reverse(order.begin(), order.end());
    return order;
}

std::vector<std::string> order_names(const Settings& settings) {
    if (!settings.curves) return {};
    std::vector<std::string> names{"deviation"};
    if (settings.shapley != Shapley::off) names.emplace_back("shapley");
    names.emplace_back("area");
    for (std::uint32_t i = 1; i <= settings.random_orders; ++i) names.push_back("random " + std::to_string(i));
    return names;
}

}  // namespace semscope::attribution
