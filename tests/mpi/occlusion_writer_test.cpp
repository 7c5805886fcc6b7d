// A checkpoint of ranks whose images have gaps, or of ranks without images: every row ends where it belongs.
#include "semscope/comm/agreement.hpp"
#include "semscope/results/occlusion_file.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace semscope::results {
namespace {

using comm::Communicator;

/// Ten images a rank with one variant each and two scenes, of which every third is done in one checkpoint.
class Checkpoint : public testing::Test {
  protected:
    static constexpr std::uint64_t share = 10;
    static constexpr std::uint64_t step = 3;

    void SetUp() override {
        comm::agree(world_, [&] {
            if (!world_.is_root()) return;
            folder_.emplace();
            create_occlusion_file(folder_->path() / "occlusion.h5",
                                  {images(),
                                   images(),
                                   {"kitchen", "street"},
                                   {"unlabelled", "wall"},
                                   8,
                                   [](std::uint64_t i) { return std::to_string(i); }},
                                  {}, 1);
        });
        path_ = world_.broadcast(world_.is_root() ? (folder_->path() / "occlusion.h5").string() : "");
    }
    void TearDown() override { world_.barrier(); }

    std::uint64_t images() const { return share * static_cast<std::uint64_t>(world_.size()); }
    Range own() const {
        const std::uint64_t begin = share * static_cast<std::uint64_t>(world_.rank());
        return {begin, begin + share};
    }

    SurveyRows survey() const {
        SurveyRows rows;
        rows.images = rows.variants = own();
        for (std::uint64_t i = own().begin; i < own().end; ++i) {
            rows.scene.push_back(0);
            rows.label_digest.push_back(1000 + i);
            rows.variant_offset.push_back(i);
            rows.variant_image.push_back(static_cast<std::uint32_t>(i));
            rows.variant_semantic.push_back(1);
            rows.variant_pixels.push_back(5);
        }
        if (world_.rank() == world_.size() - 1) rows.variant_offset.push_back(images());
        return rows;
    }

    /// Of every third image of this rank.
    ResultRows results() const {
        ResultRows rows;
        for (std::uint64_t i = own().begin; i < own().end; i += step) {
            rows.images.push_back({i, i + 1});
            const auto p = static_cast<float>(i) / static_cast<float>(images());
            rows.image_probability.insert(rows.image_probability.end(), {p, 1 - p});
            rows.variant_probability.insert(rows.variant_probability.end(), {1 - p, p});
            rows.image_loss.push_back(p);
            rows.status.push_back(stored(ImageStatus::done));
            rows.photo_digest.push_back(2000 + i);
        }
        rows.variants = rows.images;
        return rows;
    }

    Communicator world_ = Communicator::world();
    std::optional<testing_support::TemporaryFolder> folder_;
    std::string path_;
};

TEST_F(Checkpoint, OfRowsWithGapsPutsEveryRowInItsPlace) {
    OcclusionWriter writer(path_, world_);
    writer.write_survey(survey());
    // The last of several ranks has nothing this time.
    const bool idle = world_.size() > 1 && world_.rank() == world_.size() - 1;
    writer.write_results(idle ? ResultRows{} : results());
    writer.close();

    const OcclusionReader file(path_);
    const std::uint64_t end = world_.size() > 1 ? images() - share : images();
    const auto status = file.image_status({0, images()});
    for (std::uint64_t i = 0; i < images(); ++i) {
        const bool done = i < end && i % share % step == 0;
        ASSERT_EQ(status[i], stored(done ? ImageStatus::done : ImageStatus::pending)) << i;
        if (!done) continue;
        const auto p = static_cast<float>(i) / static_cast<float>(images());
        EXPECT_EQ(file.image_losses({i, i + 1}).front(), p);
        EXPECT_THAT(file.image_probabilities({i, i + 1}), testing::ElementsAre(p, 1 - p));
        EXPECT_THAT(file.variant_probabilities({i, i + 1}), testing::ElementsAre(1 - p, p));
    }
    world_.barrier();

    const OcclusionWriter again(path_, world_);
    EXPECT_EQ(again.read_label_digests(own()).front(), 1000 + own().begin);
    const auto photos = again.read_photo_digests(own());
    EXPECT_EQ(photos.front(), own().begin < end ? 2000 + own().begin : photos.front());
}

}  // namespace
}  // namespace semscope::results
