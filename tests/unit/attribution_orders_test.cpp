// Random orders are uniform, and a function of their name alone.
#include "semscope/attribution/orders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace semscope::attribution {
namespace {

using testing::ElementsAre;

TEST(Orders, ARandomOrderIsUniformAmongAll) {
    std::map<Order, int> counts;
    constexpr int orders = 24000;
    for (std::uint32_t i = 0; i < orders; ++i) ++counts[random_order({3, i / 100, i % 100, Purpose::shapley}, 4)];
    ASSERT_EQ(counts.size(), 24);
    double chi_square = 0;
    for (const auto& [order, count] : counts) chi_square += (count - 1000.0) * (count - 1000.0) / 1000.0;
    EXPECT_LT(chi_square, 49.7) << "23 degrees of freedom: above this once in 1000 times";
}

TEST(Orders, AnOrderHasEveryClassOnceHoweverManyThereAre) {
    for (const std::size_t classes : {0U, 1U, 2U, 3U, 150U}) {
        Order order = random_order({1, std::uint64_t{5} << 32, 2, Purpose::curves}, classes);
        std::sort(order.begin(), order.end());
        for (std::size_t i = 0; i < classes; ++i) EXPECT_EQ(order[i], i);
        EXPECT_EQ(order.size(), classes);
    }
}

TEST(Orders, EveryPartOfTheNameCounts) {
    const OrderName name{1, 2, 3, Purpose::shapley};
    const Order order = random_order(name, 40);
    EXPECT_EQ(random_order(name, 40), order);
    EXPECT_NE(random_order({2, 2, 3, Purpose::shapley}, 40), order);
    EXPECT_NE(random_order({1, 2 + (std::uint64_t{1} << 32), 3, Purpose::shapley}, 40), order);
    EXPECT_NE(random_order({1, 2, 4, Purpose::shapley}, 40), order);
    EXPECT_NE(random_order({1, 2, 3, Purpose::curves}, 40), order);
}

TEST(Orders, EqualValuesKeepTheOrderOfTheClasses) {
    const std::vector<double> values{0.5, -1, 0.5, 2, -1};
    EXPECT_THAT(falling_order(std::span(values)), ElementsAre(3, 0, 2, 1, 4));
}

TEST(Orders, TheirNamesAreWhatTheFileListsThem) {
    Settings settings;
    EXPECT_THAT(order_names(settings), testing::IsEmpty());
    settings.curves = true;
    settings.random_orders = 2;
    EXPECT_THAT(order_names(settings), ElementsAre("deviation", "area", "random 1", "random 2"));
    settings.shapley = Shapley::automatic;
    EXPECT_THAT(order_names(settings), ElementsAre("deviation", "shapley", "area", "random 1", "random 2"));
}

}  // namespace
}  // namespace semscope::attribution
