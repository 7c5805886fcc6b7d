// Two small occlusion files that differ in a few numbers: what the comparison says of them, on any number of ranks and
// in any blocks, and what it refuses.
#include "comparison/compare.hpp"
#include "sample_comparison.hpp"
#include "sample_files.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/comparison/comparable.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <optional>

namespace semscope::comparison {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

/// Both files in a folder of rank 0, which all ranks see. The second takes image 0 for scene 1, and ranks the classes
/// of image 4 the other way round.
class Comparisons : public testing::Test {
  protected:
    void SetUp() override {
        if (world_.is_root()) folder_.emplace();
        const std::filesystem::path folder = world_.broadcast(folder_ ? folder_->path().string() : std::string());
        first_ = folder / "first.h5";
        second_ = folder / "second.h5";
        if (world_.is_root()) {
            const comm::Communicator self = comm::Communicator::self();
            for (const auto& path : {first_, second_}) fuzz::write_sample_occlusion(path, self);
            const auto file = hdf5::File::open(second_, hdf5::Access::read_write);
            write<float>(file, "/image/probability", 0, {0.25F, 0.5F, 0.25F});
            write<float>(file, "/variant/probability", 6, {0.25F, 0.75F, 0.0F, 0.25F, 0.5F, 0.25F});
        }
        world_.barrier();
    }
    void TearDown() override { world_.barrier(); }

    template <class T>
    static void write(const hdf5::File& file, const char* name, std::uint64_t row, const std::vector<T>& values) {
        auto dataset = file.dataset(name);
        dataset.write<T>(hdf5::Range{row, row + values.size() / dataset.row_length()}, values);
    }
    /// Rank 0 changes the second file.
    template <class Change>
    void change(Change&& change) const {
        world_.barrier();  // the other ranks have closed it
        if (world_.is_root()) change(hdf5::File::open(second_, hdf5::Access::read_write));
        world_.barrier();
    }
    Comparison compare_files(std::uint64_t block_bytes) const {
        const results::OcclusionReader first(first_), second(second_);
        ComparisonOptions options;
        options.resampling = {.seed = 1, .resamples = 50, .permutations = 50};
        options.relevant = 0.01;
        options.block_bytes = block_bytes;
        return compare({first, first_}, {second, second_}, world_, options,
                       [](const std::string&, std::uint64_t, std::uint64_t) {});
    }
    template <class T>
    std::vector<T> all(const std::vector<T>& own) const {
        return world_.all_gather(own);
    }
    void require() const {
        const results::OcclusionReader first(first_), second(second_);
        require_comparable({first, first_}, {second, second_}, world_);
    }

    comm::Communicator world_ = comm::Communicator::world();
    std::optional<testing_support::TemporaryFolder> folder_;
    std::filesystem::path first_;
    std::filesystem::path second_;
};

TEST_F(Comparisons, SayWhatTheFilesSayOnAnyNumberOfRanksAndInAnyBlocks) {
    for (const std::uint64_t block_bytes : {1U, 1U << 20}) {
        const Comparison found = compare_files(block_bytes);
        const results::ComparisonSummary& summary = found.summary;
        EXPECT_EQ(summary.images, 4U);
        EXPECT_EQ(summary.without_result, 1U);
        EXPECT_EQ(summary.judged, 3U);
        EXPECT_EQ(summary.same_prediction, 3U);
        EXPECT_EQ(summary.correct_first, 2U);
        EXPECT_EQ(summary.correct_second, 1U);
        EXPECT_EQ(summary.first_alone, 1U);
        EXPECT_EQ(summary.second_alone, 0U);
        EXPECT_EQ(summary.rank_images, 4U);
        EXPECT_EQ(summary.rank_correlation.mean, 0.5);  // 1, 1, 1, -1
        EXPECT_EQ(summary.jaccard_scenes, 2U);
        EXPECT_EQ(summary.jaccard.mean, 0.5);  // 0 of 1 in the kitchen, 2 of 2 in the bedroom

        EXPECT_THAT(all(found.images.predicted[0]), ElementsAre(0, 1, 1, -1, 2));
        EXPECT_THAT(all(found.images.predicted[1]), ElementsAre(1, 1, 1, -1, 2));
        EXPECT_THAT(all(found.images.classes), ElementsAre(2, 2, 2, 0, 2));
        const auto rank = all(found.images.rank_correlation);
        EXPECT_EQ(rank[4], -1.0F);
        EXPECT_TRUE(std::isnan(rank[3]));
        // Without the wall the first misses image 0, too; without the stove the second recognises it.
        EXPECT_EQ(found.explanations, 2U);
        EXPECT_THAT(all(found.images.explanation_image), ElementsAre(0, 0));
        EXPECT_THAT(all(found.images.explanation_semantic), ElementsAre(1, 3));
        EXPECT_THAT(all(found.images.explanation_role), ElementsAre(1, 2));
        EXPECT_THAT(all(found.scenes.images), ElementsAre(2, 1, 0));
        const auto mean = all(found.scenes.columns.at(static_cast<std::size_t>(results::DifferenceColumn::mean)));
        EXPECT_THAT(std::vector(mean.begin(), mean.begin() + 5), ElementsAre(0, -0.125, 0, -0.125, 0));
    }
}

TEST_F(Comparisons, AreRefusedForPendingAndDamagedImagesOnEveryRank) {
    change([](const hdf5::File& file) { write<std::uint8_t>(file, "/image/status", 2, {0}); });
    EXPECT_THAT([&] { (void)compare_files(1); },
                ThrowsMessage<comm::AgreedError>(AllOf(HasSubstr("second.h5"), HasSubstr("image 2 is pending"))));
    change([](const hdf5::File& file) {
        write<std::uint8_t>(file, "/image/status", 2, {1});
        write<float>(file, "/variant/probability", 7, {0.5F, 0.75F, 0.5F});
    });
    EXPECT_THAT([&] { (void)compare_files(1); },
                ThrowsMessage<comm::AgreedError>(AllOf(HasSubstr("second.h5"), HasSubstr("image 4 is damaged"))));
}

TEST_F(Comparisons, NeedTheSameImagesScenesAndClasses) {
    EXPECT_NO_THROW(require());
    change([](const hdf5::File& file) {
        file.dataset("/scene/name").write_strings(2, std::vector<std::string>{"road"});
        file.dataset("/semantic/name").write_strings(1, std::vector<std::string>{"door"});
        file.dataset("/image/path").write_strings(4, std::vector<std::string>{"y.png"});
        write<std::int32_t>(file, "/image/scene", 1, {2});
        write<std::uint64_t>(file, "/image/photo_digest", 2, {99});
    });
    EXPECT_THAT([&] { require(); },
                ThrowsMessage<comm::AgreedError>(
                    AllOf(HasSubstr("has other scenes"), HasSubstr("scene 2 is \"road\" instead of \"street\""),
                          HasSubstr("class 1 is \"door\" instead of \"wall\""), HasSubstr("1 in"), HasSubstr("x.png"),
                          HasSubstr("y.png"), HasSubstr("val/kitchen/2.png is of kitchen and of street"),
                          HasSubstr("images whose photo is another file: 1, the first: val/bedroom/1.png"))));
}

TEST_F(Comparisons, AnotherOrderOfTheImagesIsNamedAsSuch) {
    change([](const hdf5::File& file) {
        file.dataset("/image/path")
            .write_strings(0, std::vector<std::string>{"val/kitchen/2.png", "val/kitchen/1.png"});
    });
    EXPECT_THAT([&] { require(); }, ThrowsMessage<comm::AgreedError>(HasSubstr("the images stand in another order")));
}

// What the fuzz target damages: without it, all of its inputs would be idle.
TEST_F(Comparisons, OfTheFuzzTargetIsSoundAndHasExplanations) {
    if (!world_.is_root()) return;
    const comm::Communicator self = comm::Communicator::self();
    const auto third = second_.parent_path() / "third.h5", file = second_.parent_path() / "comparison.h5";
    fuzz::write_sample_second_run(third, self);
    fuzz::write_sample_comparison(file, first_, third, self);
    const results::ComparisonReader reader(file);
    EXPECT_GT(reader.explanations(), 0U);
    EXPECT_EQ(results::check_comparison_content(reader), std::vector<std::string>());
}

}  // namespace
}  // namespace semscope::comparison
