#include "occlusion/rank_work.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/files.hpp"
#include "semscope/core/prefetcher.hpp"
#include "semscope/occlusion/source.hpp"
#include "semscope/occlusion/survey.hpp"
#include "support/numbered_names.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace semscope::occlusion {
namespace {

using testing::ElementsAre;

std::string name_of(std::uint64_t image) { return "val/kitchen/" + std::to_string(image) + ".jpg"; }

TEST(LabelCrops, ComeBackAsTheyWereWhateverTheirRuns) {
    std::vector<std::uint16_t> stripes(5000);
    for (std::size_t i = 0; i < stripes.size(); ++i)
        stripes[i] = static_cast<std::uint16_t>(i < 700 ? 255 : i % 7 * 9999);
    const std::vector<std::uint16_t> flat(100000, 3);
    EXPECT_LT(pack_labels(flat).size(), 1000U);
    LabelCrops crops;
    crops.keep(4, pack_labels(stripes));
    crops.keep(9, pack_labels(flat));
    EXPECT_EQ(crops.find(4, stripes.size()), stripes);
    EXPECT_EQ(crops.find(9, flat.size()), flat);
    EXPECT_EQ(crops.find(5, 1), std::nullopt);
}

TEST(LabelCrops, StayWithinTheirBudget) {
    LabelCrops crops(1000);
    for (std::uint64_t image = 0; image < 50; ++image) crops.keep(image, std::string(100, 'x'));
    EXPECT_GE(crops.size(), 4U);
    EXPECT_LE(crops.size(), 10U);
    EXPECT_TRUE(crops.find(0, 1)) << "those that came first are kept";
}

TEST(Plan, CountsAForwardForEachImageAndEachVariant) {
    const std::vector<std::uint64_t> offsets{0, 9, 9, 13, 20};  // 10, 1, 5 and 8 forwards
    const Plan plan = make_plan(offsets, 2);
    EXPECT_EQ(plan.total, 24U);
    EXPECT_THAT(plan.forwards, ElementsAre(11, 13));
    EXPECT_EQ(plan.images_of(1), (Range{2, 4}));
    EXPECT_NEAR(plan.imbalance(), 13.0 / 12, 1e-12);
}

TEST(Plan, OfMoreRanksThanImagesCoversEveryImageOnce) {
    const std::vector<std::uint64_t> offsets{0, 3, 6, 9};
    const Plan plan = make_plan(offsets, 8);
    EXPECT_EQ(plan.boundaries.front(), 0U);
    EXPECT_EQ(plan.boundaries.back(), 3U);
    for (int rank = 0; rank < 8; ++rank) EXPECT_LE(plan.images_of(rank).size(), 1U);
}

TEST(Plan, BalancesThePendingImagesOnly) {
    const std::vector<std::uint64_t> offsets{0, 9, 9, 13, 20, 21};  // 10, 1, 5, 8 and 2 forwards
    const std::vector<std::uint8_t> status{1, 0, 0, 2, 0};
    const Plan plan = make_plan(offsets, status, 2);
    EXPECT_EQ(plan.total, 8U);
    EXPECT_THAT(plan.forwards, ElementsAre(6, 2));
    EXPECT_THAT(plan.images, ElementsAre(2, 1));
    const std::vector<std::uint8_t> all_done(5, 1);
    EXPECT_THAT(make_plan(offsets, all_done, 3).forwards, ElementsAre(0, 0, 0));
}

TEST(Prefetcher, HandsOutInOrderAndStaysWithinItsBound) {
    std::atomic<int> in_hand{0};
    std::atomic<int> most{0};
    Prefetcher<std::size_t> items(200, 4, 6, [&](std::size_t i) {
        most = std::max(most.load(), ++in_hand);
        if (i % 7 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return i;
    });
    for (std::size_t expected = 0; auto item = items.next(); ++expected) {
        EXPECT_EQ(*item, expected);
        --in_hand;
    }
    EXPECT_EQ(in_hand, 0);
    EXPECT_LE(most, 7);
}

TEST(Prefetcher, AnErrorComesWithItsItemAndTheRestFollows) {
    Prefetcher<int> items(3, 2, 3, [](std::size_t i) {
        if (i == 1) throw std::runtime_error("item 1");
        return static_cast<int>(i);
    });
    EXPECT_EQ(items.next(), 0);
    EXPECT_THROW(items.next(), std::runtime_error);
    EXPECT_EQ(items.next(), 2);
    EXPECT_EQ(items.next(), std::nullopt);
}

TEST(Prefetcher, WithoutAnyThreadMakesTheItemsItself) {
    Prefetcher<int> items(3, 0, 2, [](std::size_t i) {
        if (i == 1) throw InputError("second");
        return static_cast<int>(i);
    });
    EXPECT_EQ(items.next(), 0);
    EXPECT_THROW(items.next(), InputError);
    EXPECT_EQ(items.next(), 2);
    EXPECT_FALSE(items.next().has_value());
}

TEST(Prefetcher, CanBeDroppedWhileWorkersWait) {
    const Prefetcher<int> items(1000, 3, 2, [](std::size_t i) { return static_cast<int>(i); });
}

/// Announces an image whose forwards are all under way, and adds a row for the next of them.
ImageInWork& expect(ResultBuffer& buffer, std::uint64_t image, Range variants, std::int32_t scene = 0) {
    ImageInWork& work = buffer.expect({.image = image,
                                       .variants = variants,
                                       .scene = scene,
                                       .photo_digest = 7,
                                       .semantics = std::vector<std::uint16_t>(variants.size(), 1)});
    while (work.evaluation->next()) {
    }
    return work;
}

TEST(ResultBuffer, GivesOutFinishedImagesOnlyAndJoinsTheirRows) {
    const attribution::Settings settings;
    ResultBuffer buffer(settings, 2, name_of);
    ImageInWork& tenth = expect(buffer, 10, {100, 101}, 1);
    ImageInWork& eleventh = expect(buffer, 11, {101, 103}, -1);
    buffer.add_row(tenth, std::vector<float>{0.75F, 0.25F});
    buffer.add_row(eleventh, std::vector<float>{0.1F, 0.9F});
    buffer.add_row(tenth, std::vector<float>{0.5F, 0.5F});
    const auto first = buffer.take_finished();
    EXPECT_THAT(first.images, ElementsAre(Range{10, 11}));
    EXPECT_THAT(first.variants, ElementsAre(Range{100, 101}));
    EXPECT_THAT(first.image_probability, ElementsAre(0.75F, 0.25F));
    EXPECT_THAT(first.variant_probability, ElementsAre(0.5F, 0.5F));
    EXPECT_FLOAT_EQ(first.image_loss[0], static_cast<float>(std::log(4.0)));
    EXPECT_EQ(buffer.rows(), 1U);

    buffer.add_unreadable({.image = 12, .variants = {103, 104}});  // behind an image that is not finished
    EXPECT_TRUE(buffer.take_finished().images.empty());
    buffer.add_row(eleventh, std::vector<float>{0.2F, 0.8F});
    buffer.add_row(eleventh, std::vector<float>{0.3F, 0.7F});
    const auto rest = buffer.take_finished();
    EXPECT_THAT(rest.images, ElementsAre(Range{11, 13}));
    EXPECT_THAT(rest.variants, ElementsAre(Range{101, 104}));
    EXPECT_THAT(rest.status, ElementsAre(1, 2));
    EXPECT_THAT(rest.photo_digest, ElementsAre(7, 0));
    EXPECT_TRUE(std::isnan(rest.image_loss[0])) << "unknown scene";
    EXPECT_TRUE(std::isnan(rest.image_probability[2]));
    EXPECT_EQ(buffer.rows(), 0U);
}

TEST(ResultBuffer, LeavesGapsBetweenRowsThatDoNotTouch) {
    const attribution::Settings settings;
    ResultBuffer buffer(settings, 1, name_of);
    for (const std::uint64_t image : {3, 5, 6})
        buffer.add_row(expect(buffer, image, {10 * image, 10 * image}), std::vector<float>{1.0F});
    const auto rows = buffer.take_finished();
    EXPECT_THAT(rows.images, ElementsAre(Range{3, 4}, Range{5, 7}));
    EXPECT_TRUE(rows.variants.empty());
}

TEST(ResultBuffer, MarksAnImageWithAnyRowThatIsNotFiniteAndNamesIt) {
    const attribution::Settings settings;
    ResultBuffer buffer(settings, 2, name_of);
    ImageInWork& bad = expect(buffer, 0, {0, 2});
    ImageInWork& good = expect(buffer, 1, {2, 2});
    buffer.add_row(bad, std::vector<float>{0.75F, 0.25F});
    buffer.add_row(bad, std::vector<float>{std::numeric_limits<float>::infinity(), 0});
    buffer.add_row(bad, std::vector<float>{std::numeric_limits<float>::quiet_NaN(), 0});
    buffer.add_row(good, std::vector<float>{0.5F, 0.5F});
    const auto rows = buffer.take_finished();
    EXPECT_THAT(rows.status, ElementsAre(3, 1));
    EXPECT_THAT(rows.image_probability, ElementsAre(testing::IsNan(), testing::IsNan(), 0.5F, 0.5F));
    EXPECT_THAT(rows.variant_probability, testing::Each(testing::IsNan()));
    EXPECT_TRUE(std::isnan(rows.image_loss[0]));
    EXPECT_THAT(buffer.not_finite(), ElementsAre("val/kitchen/0.jpg (with a class inhibited)"));
}

TEST(ResultBuffer, ScoresTheFinishedImagesOfKnownScene) {
    const attribution::Settings settings;
    ResultBuffer buffer(settings, 2, name_of);
    EXPECT_EQ(describe(buffer.score()), "");
    ImageInWork& recognised = expect(buffer, 0, {0, 1}, 1);
    ImageInWork& missed = expect(buffer, 1, {1, 1}, 1);
    ImageInWork& unknown = expect(buffer, 2, {1, 1}, -1);
    ImageInWork& not_finite = expect(buffer, 3, {1, 1}, 0);
    ImageInWork& unfinished = expect(buffer, 4, {1, 2}, 0);
    buffer.add_row(recognised, std::vector<float>{0.25F, 0.75F});
    EXPECT_EQ(buffer.score().images, 0U) << "a variant is still to come";
    for (ImageInWork* image : {&recognised, &missed, &unknown}) buffer.add_row(*image, std::vector<float>{0.5F, 0.5F});
    buffer.add_row(not_finite, std::vector<float>{std::numeric_limits<float>::quiet_NaN(), 0});
    buffer.add_row(unfinished, std::vector<float>{1.0F, 0.0F});
    EXPECT_EQ(buffer.score().images, 2U);
    EXPECT_EQ(buffer.score().correct, 1U);
    EXPECT_NEAR(buffer.score().loss, std::log(4.0 / 3) + std::log(2.0), 1e-6);
    EXPECT_EQ(describe(buffer.score()), "2 images: loss 0.4904, top-1 50.00 %");
}

// An image with a score that is not finite, one that cannot be read and a sound one have rows of the same lengths.
TEST(ResultBuffer, AttributionsOfAnImageWithoutResultAreNanAndKeepTheirPlaces) {
    attribution::Settings settings;
    settings.shapley = attribution::Shapley::exact;
    settings.curves = true;
    settings.random_orders = 1;
    settings.interactions = true;
    ResultBuffer buffer(settings, 2, name_of);
    const auto announce = [&](std::uint64_t image) {
        return ImageRows{.image = image,
                         .variants = {2 * image, 2 * image + 2},
                         .pairs = {image, image + 1},
                         .semantics = {3, 8},
                         .pixels = {5, 6}};
    };
    buffer.add_unreadable(announce(0));
    for (const std::uint64_t image : {1, 2}) {
        ImageInWork& work = buffer.expect(announce(image));
        for (int row = 0; work.evaluation->next(); ++row)
            buffer.add_row(work, std::vector<float>{image == 1 && row == 3 ? std::nanf("") : 0.5F, 0.5F});
    }
    EXPECT_THAT(buffer.not_finite(), ElementsAre("val/kitchen/1.jpg (with several classes inhibited)"));
    const auto rows = buffer.take_finished();
    EXPECT_THAT(rows.status, ElementsAre(2, 3, 1));
    const results::AttributionRows& more = rows.attribution;
    const auto expect_nan_but_last = [](const std::vector<float>& values, std::size_t each) {
        ASSERT_EQ(values.size(), 3 * each);
        for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(std::isnan(values[i]), i < 2 * each) << i;
    };
    expect_nan_but_last(more.shapley, 4);
    expect_nan_but_last(more.shapley_error, 4);
    expect_nan_but_last(more.probability_empty, 2);
    expect_nan_but_last(more.deletion, 2 * 4);
    expect_nan_but_last(more.insertion, 2 * 4);
    for (const auto& areas : more.areas) expect_nan_but_last(areas, 4);
    EXPECT_THAT(more.coalitions, ElementsAre(0, 0, 4));
    EXPECT_EQ(more.flip_count.size(), 12);
    EXPECT_EQ(more.step_semantic.size(), 24);
    EXPECT_THAT(more.pairs, ElementsAre(Range{0, 3}));
    EXPECT_THAT(more.interaction_predicted, ElementsAre(testing::IsNan(), testing::IsNan(), 0.0F));
}

/// Four images of one class, two forwards each, on a rank without network.
class RankWorkTest : public testing::Test {
  protected:
    RankWorkTest() {
        const auto tree = [](const std::filesystem::path& root) { return std::make_shared<data::FolderTree>(root); };
        source_.photos = {tree(folder_.path())};
        source_.labels = {tree(labels_),
                          std::make_shared<data::LabelDecoder>(data::LabelCoding{data::LabelChannel::gray, 0, 0},
                                                               testing_support::numbered_names(3))};
        source_.geometry.resize = 0;
        source_.geometry.crop = 4;
        source_.semantics = 3;
        for (std::uint64_t image = 0; image < images; ++image) {
            const std::string name = std::to_string(image) + ".png";
            source_.images.add(name, 0);
            write_file_atomically(folder_.path() / name, data::encode_png({{4, 4}, 3, std::vector<std::uint8_t>(48)}));
            write_file_atomically(labels_ / name, data::encode_png({{4, 4}, 1, std::vector<std::uint8_t>(16, 1)}));
            digests_.push_back(data::digest_of_picture_file(*source_.labels.tree, name));
        }
    }

    RankWork work() {
        return RankWork({.task = task_,
                         .span = {0, images},
                         .images = {0, 1, 2, 3},
                         .semantics = std::vector<std::uint16_t>(images, 1),
                         .label_digests = digests_,
                         .occluder = occluder_,
                         .timer = timer_});
    }

    static network::NetworkOptions null_network() {
        network::NetworkOptions options;
        options.path = network::null_network;
        options.batch = 2;
        options.crop = 4;
        options.scenes = 5;
        return options;
    }

    static constexpr std::uint64_t images = 4;
    testing_support::TemporaryFolder folder_;
    std::filesystem::path labels_ = folder_.path() / "labels";
    Source source_;
    LabelCrops crops_;
    std::vector<std::uint64_t> offsets_{0, 1, 2, 3, 4};
    std::vector<std::uint64_t> digests_;
    std::vector<std::uint8_t> status_ = std::vector<std::uint8_t>(images, 0);
    Plan plan_;
    Task task_{source_, crops_, offsets_, status_, plan_, /*scenes=*/5};
    incremental::Occluder occluder_{network::Occluder(null_network(), {}), false};
    PhaseTimer timer_{"test", steady_seconds()};
};

TEST_F(RankWorkTest, BatchesThatAreStartedAheadAreTakenLater) {
    RankWork rank = work();
    ASSERT_TRUE(rank.do_batch());
    EXPECT_EQ(occluder_.started(), 1U);
    rank.start_ahead(2);
    EXPECT_EQ(occluder_.started(), 2U) << "they run while the rows of the first are written";
    EXPECT_THAT(rank.buffer().take_finished().images, ElementsAre(Range{0, 1}));
    ASSERT_TRUE(rank.do_batch());
    EXPECT_EQ(occluder_.started(), 1U) << "all but the newest are taken at the next step";
    EXPECT_THAT(rank.buffer().take_finished().images, ElementsAre(Range{1, 3}));
    rank.start_ahead(2);
    EXPECT_TRUE(rank.finished()) << "nothing is left to start, so all is taken";
    EXPECT_THAT(rank.buffer().take_finished().images, ElementsAre(Range{3, 4}));
    EXPECT_EQ(rank.report().forwards, 8U);
    EXPECT_FALSE(rank.do_batch());
}

TEST_F(RankWorkTest, ALabelMapThatChangesWhileTheJobRunsEndsItAndMarksNothing) {
    write_file_atomically(labels_ / "1.png", data::encode_png({{4, 4}, 1, std::vector<std::uint8_t>(16, 2)}));
    RankWork rank = work();
    ASSERT_TRUE(rank.do_batch());
    EXPECT_THAT([&] { rank.do_batch(); }, testing::ThrowsMessage<IoError>(testing::HasSubstr("1.png: changed while")));
    EXPECT_TRUE(rank.report().unreadable.empty());
}

TEST(ResultBuffer, RefusesARowThatIsNoDistributionAndNamesTheImage) {
    const attribution::Settings settings;
    ResultBuffer buffer(settings, 2, name_of);
    ImageInWork& image = expect(buffer, 0, {0, 2});
    buffer.add_row(image, std::vector<float>{0.5F, 0.5F});
    const auto refuses = [&](std::vector<float> row, const char* words) {
        EXPECT_THAT([&] { buffer.add_row(image, row); },
                    testing::ThrowsMessage<InferenceError>(testing::AllOf(
                        testing::HasSubstr("val/kitchen/0.jpg (with a class inhibited)"), testing::HasSubstr(words))));
    };
    refuses({0.5F, 0.25F}, "sums to 0.75");
    refuses({1.5F, -0.5F}, "outside [0, 1]");
}

}  // namespace
}  // namespace semscope::occlusion
