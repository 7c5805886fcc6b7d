// What is taken from one image: deviations and distractors.
#include "semscope/statistics/deviation.hpp"
#include "semscope/statistics/evaluation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace semscope::statistics {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Image {
    std::vector<float> probability;
    std::vector<std::uint16_t> semantic;
    std::vector<float> variant_probability;

    ImageRows rows() const { return {probability, semantic, variant_probability}; }
};

TEST(Deviation, IsTheDifferenceRoundedOnce) {
    std::mt19937 generator(1);
    std::uniform_real_distribution<float> exponent(-30.0F, 0.0F);
    for (int i = 0; i < 100000; ++i) {
        const float p = std::exp2(exponent(generator));
        const float p_s = std::exp2(exponent(generator));
        EXPECT_EQ(deviation(p, p_s), static_cast<float>(static_cast<double>(p) - static_cast<double>(p_s)));
    }
}

TEST(Deviation, IsPositiveWhereRemovalLowersTheScore) {
    const Image image{{0.75F, 0.25F}, {2, 5}, {0.5F, 0.5F, 1.0F, 0.0F}};
    EXPECT_THAT(deviations(image.rows(), 0), ElementsAre(0.25F, -0.25F));
    EXPECT_THAT(deviations(image.rows(), 1), ElementsAre(-0.25F, 0.25F));
}

TEST(Deviation, OfAnImageWithoutClassesIsNothing) {
    const Image image{{0.75F, 0.25F}, {}, {}};
    EXPECT_THAT(deviations(image.rows(), 0), IsEmpty());
}

// In all distractor tests the true scene is 2 and the prediction 0.
TEST(Distractor, IsTheRowOfTheLargestEntryIfThatIsOfTheTrueScene) {
    const Image image{{0.6F, 0.1F, 0.3F}, {1, 4}, {0.5F, 0.1F, 0.4F, 0.2F, 0.1F, 0.7F}};
    EXPECT_EQ(largest_entry(image.rows(), 6), (MatrixEntry{4, 2, 0.7F}));
    EXPECT_EQ(strongest_distractor(image.rows(), 6, 2), 4);
    EXPECT_THAT(flip_distractors(image.rows(), 2), ElementsAre(4));
}

TEST(Distractor, AbsentClassesRowsTakePartInTheLargestEntry) {
    // Removing class 4 makes scene 2 the prediction, at 0.5: more than any other present row, less than p itself.
    const Image image{{0.6F, 0.1F, 0.3F}, {1, 4}, {0.4F, 0.2F, 0.4F, 0.3F, 0.2F, 0.5F}};
    EXPECT_EQ(largest_entry(image.rows(), 6), (MatrixEntry{2, 0, 0.6F}));
    EXPECT_EQ(strongest_distractor(image.rows(), 6, 2), std::nullopt);
    EXPECT_THAT(flip_distractors(image.rows(), 2), ElementsAre(4));

    // Without absent classes, p is not among the rows.
    const Image full{image.probability, {1, 2}, image.variant_probability};
    EXPECT_EQ(largest_entry(full.rows(), 3), (MatrixEntry{2, 2, 0.5F}));
    EXPECT_EQ(strongest_distractor(full.rows(), 3, 2), 2);
    EXPECT_EQ(largest_entry(full.rows(), 4), (MatrixEntry{3, 0, 0.6F}));
}

TEST(Distractor, OfEqualEntriesTheLowestRowThenColumnWins) {
    const Image rows{{0.4F, 0.3F, 0.3F}, {2, 3}, {0.1F, 0.2F, 0.7F, 0.7F, 0.2F, 0.1F}};
    EXPECT_EQ(largest_entry(rows.rows(), 5), (MatrixEntry{2, 2, 0.7F}));
    const Image columns{{0.4F, 0.3F, 0.3F}, {2}, {0.0F, 0.5F, 0.5F}};
    EXPECT_EQ(largest_entry(columns.rows(), 5), (MatrixEntry{2, 1, 0.5F}));
    EXPECT_EQ(strongest_distractor(columns.rows(), 5, 2), std::nullopt);
    // p, in the row of the absent class 1, ties with the row of class 2 and comes first.
    const Image absent{{0.6F, 0.1F, 0.3F}, {2}, {0.2F, 0.2F, 0.6F}};
    EXPECT_EQ(largest_entry(absent.rows(), 5), (MatrixEntry{1, 0, 0.6F}));
    // Here class 1 is the present one, and comes first.
    const Image present{{0.6F, 0.1F, 0.3F}, {1}, {0.2F, 0.2F, 0.6F}};
    EXPECT_EQ(largest_entry(present.rows(), 5), (MatrixEntry{1, 2, 0.6F}));
}

TEST(Distractor, WithoutClassesThereIsNone) {
    const Image image{{0.6F, 0.4F}, {}, {}};
    EXPECT_EQ(largest_entry(image.rows(), 1), std::nullopt);
    EXPECT_EQ(largest_entry(image.rows(), 2), (MatrixEntry{1, 0, 0.6F}));
    EXPECT_EQ(strongest_distractor(image.rows(), 1, 1), std::nullopt);
    EXPECT_THAT(flip_distractors(image.rows(), 1), IsEmpty());
}

TEST(Distractor, EqualsTheArgmaxOfTheFullMatrix) {
    constexpr std::size_t semantics = 7;
    constexpr std::size_t scenes = 4;
    std::mt19937 generator(3);
    std::uniform_int_distribution<int> level(0, 3);  // few levels: many ties
    for (int trial = 0; trial < 2000; ++trial) {
        Image image;
        for (std::size_t c = 0; c < scenes; ++c)
            image.probability.push_back(0.25F * static_cast<float>(level(generator)));
        std::vector<float> matrix;
        for (std::uint16_t s = 1; s < semantics; ++s) {
            std::vector<float> row = image.probability;
            if (level(generator) == 0) {
                for (float& p : row) p = 0.25F * static_cast<float>(level(generator));
                image.semantic.push_back(s);
                image.variant_probability.insert(image.variant_probability.end(), row.begin(), row.end());
            }
            matrix.insert(matrix.end(), row.begin(), row.end());
        }
        const std::uint32_t at = argmax(matrix);
        const auto column = static_cast<std::uint32_t>(at % scenes);
        EXPECT_EQ(largest_entry(image.rows(), semantics),
                  (MatrixEntry{static_cast<std::uint32_t>(at / scenes) + 1, column, matrix[at]}));

        // The strongest distractor is present, and flips.
        if (column == argmax(image.probability)) continue;
        const auto strongest = strongest_distractor(image.rows(), semantics, column);
        ASSERT_TRUE(strongest);
        EXPECT_THAT(flip_distractors(image.rows(), column), testing::Contains(*strongest));
    }
}

}  // namespace
}  // namespace semscope::statistics
