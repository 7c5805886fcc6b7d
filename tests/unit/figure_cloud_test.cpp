#include "figure_support.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/random.hpp"
#include "semscope/figures/word_cloud.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace semscope::figures {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(CloudWeights, FollowTheMethod) {
    const std::vector<std::string> names{"unlabelled", "wall", "bed, bunk", "rug", "sky", "lamp", "sofa"};
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const std::vector<double> means{5, 0.05, 0.4, -0.2, 0.101, nan, 0.05};
    const std::vector<WeightedWord> words = cloud_weights(means, names);
    // ceil(mean / 0.05) = 8, 3, 1, 1; their 45th percentile is 1 + 0.35 * (3 - 1) = 1.7.
    ASSERT_EQ(words.size(), 4U);
    EXPECT_THAT((std::vector<std::string>{words[0].word, words[1].word, words[2].word, words[3].word}),
                ElementsAre("bed", "sky", "wall", "sofa"));
    EXPECT_EQ(words[0].weight, 8);
    EXPECT_EQ(words[1].weight, 3);
    EXPECT_NEAR(words[2].weight, 1.7, 1e-12);
    EXPECT_EQ(words[3].weight, words[2].weight);
    // Below ten times the rounding of probabilities nothing is divided by.
    const std::vector<WeightedWord> noisy =
        cloud_weights(std::vector<double>{0, 0.05, 2.5e-6, 3e-4}, std::vector<std::string>{"", "a", "b", "c"}, 0);
    EXPECT_THAT((std::vector<double>{noisy[0].weight, noisy[1].weight, noisy[2].weight}), ElementsAre(500, 3, 1));
    EXPECT_TRUE(cloud_weights(std::vector<double>{1, -1}, std::vector<std::string>{"a", "b"}).empty());
    EXPECT_THROW(cloud_weights(means, std::vector<std::string>{"a"}), InputError);
}

/// Words of all kinds of length, with and without descenders, some of equal weight.
std::vector<WeightedWord> sample_words(std::size_t count) {
    const std::vector<std::string> syllables{"jy", "la", "gop", "ti", "wow", "Ägf", "rn", "qu e", "ilj"};
    std::vector<WeightedWord> words;
    for (std::size_t i = 0; i < count; ++i) {
        std::string word;
        const auto random = philox4x32({static_cast<std::uint32_t>(i), 7, 0, 0}, {0, 0});
        for (std::size_t k = 0; k <= random[0] % 4; ++k) word += syllables[(random[1] >> (4 * k)) % syllables.size()];
        words.push_back({i % 150 + 1, word, std::max(3.0, std::ceil(100 / (1 + static_cast<double>(i))))});
    }
    return words;
}

/// The pixels that one word alone touches, drawn through the ordinary way to a PNG.
std::vector<bool> ink_of(const WordCloud& cloud, std::size_t index) {
    WordCloud alone = cloud;
    alone.words = {cloud.words[index]};
    const data::Image image = decode_png(render(draw_word_cloud(alone), Format::png));
    std::vector<bool> ink(image.width() * image.height());
    for (std::size_t i = 0; i < ink.size(); ++i)
        ink[i] = colour_at(image, i % image.width(), i / image.width()) != white;
    return ink;
}

TEST(WordCloud, GlyphsNeverTouchAndLieInsideTheEllipse) {
    for (const std::uint64_t seed : {0, 5}) {
        CloudOptions options;
        options.size = {300, 200};
        options.seed = seed;
        const WordCloud cloud = lay_out_cloud("bedroom", sample_words(40), Palette::ade20k(), options);
        ASSERT_EQ(cloud.words.size(), 40U);
        const std::size_t width = 600, height = 400;  // at 144 dpi
        std::vector<std::size_t> owner(width * height);
        for (std::size_t w = 0; w < cloud.words.size(); ++w) {
            const std::vector<bool> ink = ink_of(cloud, w);
            ASSERT_EQ(ink.size(), owner.size());
            for (std::size_t i = 0; i < ink.size(); ++i) {
                if (!ink[i]) continue;
                ASSERT_EQ(owner[i], 0U) << cloud.words[w].word << " meets " << cloud.words[owner[i] - 1].word;
                owner[i] = w + 1;
                const Rect outline = cloud_outline(cloud.size);
                const double x = (static_cast<double>(i % width) + 0.5) / 2 - outline.centre().x;
                const double y = (static_cast<double>(i / width) + 0.5) / 2 - outline.centre().y;
                ASSERT_LT(std::hypot(2 * x / outline.width, 2 * y / outline.height), 1) << cloud.words[w].word;
            }
        }
        // Not even neighbours: a margin stays between two words.
        for (std::size_t i = width; i + width + 1 < owner.size(); ++i)
            for (const std::size_t next : {i + 1, i + width, i + width + 1, i + width - 1})
                ASSERT_TRUE(owner[i] == 0 || owner[next] == 0 || owner[i] == owner[next]);
    }
}

TEST(WordCloud, ALighterWordIsSmallerAndEqualOnesNeverGrow) {
    const WordCloud cloud = lay_out_cloud("bedroom", sample_words(36), Palette::ade20k());
    ASSERT_EQ(cloud.words.size(), 36U);
    for (std::size_t i = 1; i < cloud.words.size(); ++i) {
        const PlacedWord &heavier = cloud.words[i - 1], &lighter = cloud.words[i];
        if (heavier.weight == lighter.weight || lighter.font_size == CloudOptions{}.smallest)
            EXPECT_GE(heavier.font_size, lighter.font_size);
        else
            EXPECT_GT(heavier.font_size, lighter.font_size);
        EXPECT_EQ(lighter.colour, Palette::ade20k().text(lighter.semantic));
    }
}

TEST(WordCloud, SizesFollowTheRelativeScalingRoundedDownToHalfPoints) {
    const std::vector<WeightedWord> words{{1, "a", 10}, {2, "b", 5}, {3, "c", 5}, {4, "d", 1}};
    CloudOptions options;
    options.largest = 20;  // there is room for all
    const auto sizes = [&] {
        std::vector<double> values;
        for (const PlacedWord& word : lay_out_cloud("x", words, Palette::ade20k(), options).words)
            values.push_back(word.font_size);
        return values;
    };
    // 20 * (0.65 + 0.35 * 0.5) = 16.5, and 16.5 * (0.65 + 0.35 * 0.2) = 11.88
    EXPECT_THAT(sizes(), ElementsAre(20, 16.5, 16.5, 11.5));
    options.relative_scaling = 1;
    EXPECT_THAT(sizes(), ElementsAre(20, 10, 10, options.smallest)) << "2 pt would be below it";
    options.relative_scaling = 0;
    EXPECT_THAT(sizes(), ElementsAre(20, 20, 20, 20));
}

TEST(WordCloud, TheHeaviestWordReachesTheEllipse) {
    // Only its glyphs have to lie inside: the gap to other words may reach beyond it.
    const WordCloud cloud = lay_out_cloud("x", std::vector<WeightedWord>{{1, "mountain", 1}}, Palette::ade20k());
    EXPECT_GT(cloud.words[0].box.width, 0.98 * cloud_outline(cloud.size).width);
    const WordCloud tall = lay_out_cloud("x", std::vector<WeightedWord>{{1, "l", 1}}, Palette::ade20k());
    EXPECT_DOUBLE_EQ(tall.words[0].font_size, 0.55 * cloud.size.height);
}

TEST(WordCloud, NoOneAttemptDecidesHowMuchOfTheEllipseIsInk) {
    // Words that leave no room beside each other: the best of several ways to begin fills more than a seventh.
    const std::vector<WeightedWord> words{{1, "bathtub", 773}, {2, "toilet", 573}, {3, "floor", 105}, {4, "wall", 78},
                                          {5, "painting", 32}, {6, "ceiling", 24}, {7, "chair", 24},  {8, "table", 24},
                                          {9, "curtain", 24},  {10, "door", 24}};
    for (const std::uint64_t seed : {0, 1, 2}) {
        CloudOptions options;
        options.seed = seed;
        const WordCloud cloud = lay_out_cloud("bathroom", words, Palette::ade20k(), options);
        std::size_t ink = 0;
        const data::Image image = decode_png(render(draw_word_cloud(cloud), Format::png));
        for (std::size_t i = 0; i < image.width() * image.height(); ++i)
            ink += colour_at(image, i % image.width(), i / image.width()) != white;
        EXPECT_GT(static_cast<double>(ink), 0.18 * static_cast<double>(image.width() * image.height())) << seed;
        EXPECT_LT(cloud.words.back().font_size, 0.27 * cloud.words.front().font_size) << seed;
        EXPECT_TRUE(cloud.unplaced.empty());
    }
}

TEST(WordCloud, AWordThatDoesNotFitShrinksAndTheHeavierOnesDoNot) {
    const std::vector<WeightedWord> words{
        {1, "bed", 10}, {2, "a_name_that_is_far_too_long_for_its_size", 9}, {3, "c", 1}};
    const WordCloud cloud = lay_out_cloud("x", words, Palette::ade20k());
    ASSERT_EQ(cloud.words.size(), 3U);
    EXPECT_GT(cloud.words[0].font_size, 0.3 * 400);
    EXPECT_LT(cloud.words[1].font_size, 0.4 * cloud.words[0].font_size);
}

TEST(WordCloud, LongNamesAreBrokenOverTwoLinesBeforeTheyShrink) {
    const std::vector<WeightedWord> words{{1, "bed", 10}, {2, "otherprop or unlabelled", 10}};
    const WordCloud cloud = lay_out_cloud("x", words, Palette::ade20k());
    const PlacedWord& broken = cloud.words[1];
    ASSERT_EQ(broken.lines.size(), 2U);
    EXPECT_EQ(broken.lines[0].text + " " + broken.lines[1].text, broken.word);
    EXPECT_GT(broken.lines[1].baseline.y - broken.lines[0].baseline.y, broken.font_size);
    const Rect outline = cloud_outline(cloud.size);
    EXPECT_GE(broken.box.x, outline.x);
    EXPECT_LE(broken.box.right(), outline.right());
    EXPECT_THAT(
        render(draw_word_cloud(cloud), Format::svg),
        testing::AllOf(HasSubstr(">" + broken.lines[0].text + "<"), HasSubstr(">" + broken.lines[1].text + "<")));
}

TEST(WordCloud, DrawsTheHeaviestWordsThatAreAskedFor) {
    CloudOptions options;
    options.words = 5;
    const WordCloud cloud = lay_out_cloud("x", sample_words(12), Palette::ade20k(), options);
    EXPECT_EQ(cloud.words.size(), 5U);
    ASSERT_EQ(cloud.unplaced.size(), 7U);
    EXPECT_THAT(cloud.unplaced.front().reason, HasSubstr("not among the 5 heaviest (figures.words)"));
}

TEST(WordCloud, TwoRunsAreByteIdenticalAndSeedsDiffer) {
    CloudOptions options;
    const auto run = [&] { return lay_out_cloud("bedroom", sample_words(16), Palette::ade20k(), options); };
    const WordCloud first = run(), second = run();
    EXPECT_EQ(cloud_json(first), cloud_json(second));
    for (const Format format : {Format::png, Format::svg, Format::pdf})
        EXPECT_EQ(render(draw_word_cloud(first), format), render(draw_word_cloud(second), format));
    options.seed = 1;
    EXPECT_NE(cloud_json(first), cloud_json(run()));
}

TEST(WordCloud, WordsWithoutRoomAreListedWithTheReason) {
    CloudOptions options;
    options.size = {100, 60};
    options.smallest = 7;
    const WordCloud cloud = lay_out_cloud("bedroom", sample_words(60), Palette::ade20k(), options);
    EXPECT_EQ(cloud.words.size() + cloud.unplaced.size(), 60U);
    ASSERT_FALSE(cloud.unplaced.empty());
    EXPECT_THAT(cloud.unplaced.front().reason, HasSubstr("no room"));
    for (const PlacedWord& word : cloud.words) EXPECT_GE(word.font_size, 7);
}

TEST(WordCloud, WordsThatWouldBeTooSmallGetTheSmallestSizeAndDoNotSpoilTheRest) {
    std::vector<WeightedWord> words;
    for (std::size_t i = 0; i < 20; ++i) words.push_back({i + 1, "word", std::pow(0.2, i)});
    const WordCloud cloud = lay_out_cloud("bedroom", words, Palette::ade20k());
    EXPECT_TRUE(cloud.unplaced.empty());
    EXPECT_EQ(cloud.words.back().font_size, CloudOptions{}.smallest);
    EXPECT_GT(cloud.words.front().font_size, 40);
}

TEST(WordCloud, JsonAndSvgListEveryWord) {
    const WordCloud cloud = lay_out_cloud("bedroom", sample_words(12), Palette::ade20k());
    const auto json = nlohmann::json::parse(cloud_json(cloud));
    const std::vector<Xml> groups = elements(parse_xml(render(draw_word_cloud(cloud), Format::svg)), "g", "word");
    ASSERT_EQ(json["words"].size(), cloud.words.size());
    ASSERT_EQ(groups.size(), cloud.words.size());
    for (std::size_t i = 0; i < groups.size(); ++i) {
        EXPECT_EQ(json["words"][i]["word"], cloud.words[i].word);
        EXPECT_EQ(json["words"][i]["weight"], cloud.words[i].weight);
        EXPECT_EQ(json["words"][i]["font_size"], cloud.words[i].font_size);
        EXPECT_EQ(json["words"][i]["box"][2], cloud.words[i].box.width);
        EXPECT_EQ(json["words"][i]["placed"], true);
        EXPECT_EQ(attribute(groups[i], "data-word"), cloud.words[i].word);
        EXPECT_EQ(number(groups[i], "data-weight"), cloud.words[i].weight);
    }
}

TEST(WordCloud, WithoutWordsIsEmptyAndWrongInputIsRefused) {
    EXPECT_TRUE(lay_out_cloud("x", {}, Palette::ade20k()).words.empty());
    const std::vector<WeightedWord> rising{{1, "a", 1}, {2, "b", 2}};
    EXPECT_THROW(lay_out_cloud("x", rising, Palette::ade20k()), InputError);
    const std::vector<WeightedWord> nothing{{1, "a", 0}};
    EXPECT_THROW(lay_out_cloud("x", nothing, Palette::ade20k()), InputError);
    CloudOptions options;
    options.size = {1, 1};
    EXPECT_THROW(lay_out_cloud("x", {}, Palette::ade20k(), options), UsageError);
}

}  // namespace
}  // namespace semscope::figures
