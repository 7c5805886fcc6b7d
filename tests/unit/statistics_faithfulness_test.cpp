// Areas under curves by kind of order: means and paired differences.
#include "statistics/faithfulness.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace semscope::statistics {
namespace {

using results::AreaColumn;
using testing::ElementsAre;

TEST(Faithfulness, TheRandomOrdersAreOneKind) {
    const std::vector<std::string> orders{"deviation", "area", "random 1", "random 2", "random 10"};
    const auto kinds = order_kinds(orders);
    ASSERT_EQ(kinds.size(), 3U);
    EXPECT_EQ(kinds[0].name, "deviation");
    EXPECT_THAT(kinds[1].orders, ElementsAre(1));
    EXPECT_EQ(kinds[2].name, "random");
    EXPECT_THAT(kinds[2].orders, ElementsAre(2, 3, 4));
}

TEST(Faithfulness, DifferencesArePairedAndAnOrderHasNoneToItself) {
    const std::vector<std::string> names{"deviation", "area", "random 1"};
    const auto kinds = order_kinds(names);
    // Two images; the four areas of a kind are alike but for the third.
    const std::vector<KindAreas> areas{{{0.25F, 0.25F, 0.75F, 0.25F}}, {{0.5F, 0.5F, 0.5F, 0.5F}},
                                       {{0.75F, 0.75F, 0.5F, 0.75F}},  {{0.5F, 0.5F, 1.0F, 0.5F}},
                                       {{0.5F, 0.5F, 0.5F, 0.5F}},     {{1.0F, 1.0F, 0.5F, 1.0F}}};
    results::FaithfulnessRows rows;
    OwnIntervals intervals(200);
    append_areas(rows, areas, kinds, {.seed = 1, .set = 6}, intervals);
    const auto at = [&](AreaColumn column, std::size_t area, std::size_t kind) {
        return rows.columns.at(static_cast<std::size_t>(column)).at(area * 3 + kind);
    };
    EXPECT_EQ(rows.columns[0].size(), 12U);
    EXPECT_EQ(at(AreaColumn::mean, 0, 0), 0.375);
    EXPECT_EQ(at(AreaColumn::mean, 2, 0), 0.875);
    EXPECT_EQ(at(AreaColumn::minus_random, 0, 0), -0.5);
    EXPECT_EQ(at(AreaColumn::minus_random_ci_low, 0, 0), -0.5) << "the same in both images";
    EXPECT_EQ(at(AreaColumn::minus_random_ci_high, 0, 0), -0.5);
    EXPECT_EQ(at(AreaColumn::minus_area, 0, 0), -0.125);
    EXPECT_EQ(at(AreaColumn::minus_area_ci_low, 0, 0), -0.25);
    EXPECT_EQ(at(AreaColumn::minus_area_ci_high, 0, 0), 0.0);
    EXPECT_EQ(at(AreaColumn::minus_area, 0, 2), 0.375);
    EXPECT_TRUE(std::isnan(at(AreaColumn::minus_area, 0, 1)));
    EXPECT_TRUE(std::isnan(at(AreaColumn::minus_random_ci_low, 0, 2)));
    EXPECT_THAT(faithfulness_table(rows, kinds), testing::HasSubstr("deletion   deviation  0.3750"));
}

TEST(Faithfulness, NothingComesOfNoImages) {
    results::FaithfulnessRows rows;
    OwnIntervals intervals(10);
    append_areas(rows, {}, order_kinds(std::vector<std::string>{"deviation", "area"}), {}, intervals);
    for (const auto& column : rows.columns) {
        ASSERT_EQ(column.size(), 8U);
        for (const double value : column) EXPECT_TRUE(std::isnan(value));
    }
    EXPECT_EQ(faithfulness_table({}, {}), "");
}

}  // namespace
}  // namespace semscope::statistics
