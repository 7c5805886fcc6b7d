#include "figures/axes.hpp"
#include "semscope/core/errors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace semscope::figures {
namespace {

using testing::ElementsAre;

TEST(Ticks, AreRoundNumbersInsideTheRange) {
    const Ticks ticks = nice_ticks({-0.033, 0.41}, 5);
    EXPECT_THAT(ticks.values, ElementsAre(0, 0.1, 0.2, 0.3, 0.4));  // exactly: 0.3 and not 0.1 * 3
    EXPECT_THAT(ticks.labels, ElementsAre("0.0", "0.1", "0.2", "0.3", "0.4"));
}

TEST(Ticks, HaveATrueMinusAndNoNegativeZero) {
    EXPECT_THAT(nice_ticks({-20, 20}, 4).labels, ElementsAre("−20", "−10", "0", "10", "20"));
    EXPECT_EQ(decimal(-0.0001, 2), "0.00");
}

TEST(Ticks, KeepTheirNumberForRangesOfEverySize) {
    for (double width = 1e-9; width < 1e9; width *= 1.37)
        for (const double low : {0.0, -0.3 * width, 5 * width}) {
            const Ticks ticks = nice_ticks({low, low + width}, 6);
            EXPECT_GE(ticks.values.size(), 3U) << low << " " << width;
            EXPECT_LE(ticks.values.size(), 12U) << low << " " << width;
            EXPECT_GE(ticks.values.front(), low - 1e-6 * width);
            EXPECT_LE(ticks.values.back(), low + width + 1e-6 * width);
        }
}

TEST(Ticks, OfAWidenedRangeBeginAndEndTheAxis) {
    for (double high = 0.001; high < 100; high *= 1.21) {
        const ValueRange range = to_ticks({-0.37 * high, high}, 7);
        const Ticks ticks = nice_ticks(range, 7);
        EXPECT_DOUBLE_EQ(ticks.values.front(), range.low);
        EXPECT_DOUBLE_EQ(ticks.values.back(), range.high);
        EXPECT_LE(range.low, -0.37 * high);
        EXPECT_GE(range.high, high);
    }
}

TEST(Ticks, OfARangeWithoutWidthAreOne) { EXPECT_THAT(nice_ticks({0.25, 0.25}).labels, ElementsAre("0.250")); }

TEST(Ticks, AreRefusedForARangeThatIsNone) {
    EXPECT_THROW(nice_ticks({1, 0}), InputError);
    EXPECT_THROW(nice_ticks({0, std::numeric_limits<double>::quiet_NaN()}), InputError);
    EXPECT_THROW(to_ticks({0, std::numeric_limits<double>::infinity()}), InputError);
}

TEST(Significant, ShowsTheDigitsThatMatter) {
    EXPECT_EQ(significant(0.41234), "0.412");
    EXPECT_EQ(significant(-0.00396), "−0.00396");
    EXPECT_EQ(significant(123.4), "123");
    EXPECT_EQ(significant(0), "0");
    EXPECT_EQ(significant(1.5e-9), "1.50e-09");
}

}  // namespace
}  // namespace semscope::figures
