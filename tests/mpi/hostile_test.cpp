

// What the fuzz targets found in the programs behind the readers, each on every rank by itself.
#include "postprocess/map_plan.hpp"
#include "sample_files.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/postprocess/scene_charts.hpp"
#include "semscope/results/result_file.hpp"
#include "statistics/reduction.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace semscope {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Le;
using testing::ThrowsMessage;

class HostileFiles : public testing::Test {
  protected:
    void SetUp() override {
        fuzz::write_sample_occlusion(occlusion_, self_);
        fuzz::write_sample_statistics(statistics_, occlusion_, self_);
    }
    template <class T>
    static void overwrite(const std::filesystem::path& path, const char* name, const std::vector<T>& values) {
        const auto file = hdf5::File::open(path, hdf5::Access::read_write);
        auto dataset = file.dataset(name);
        dataset.write<T>({{0, values.size() / dataset.row_length()}}, values);
    }

    comm::Communicator self_ = comm::Communicator::self();
    testing_support::TemporaryFolder folder_;
    std::filesystem::path occlusion_ = folder_.path() / "occlusion.h5";
    std::filesystem::path statistics_ = folder_.path() / "statistics.h5";
};

TEST_F(HostileFiles, TheSamplesAreSound) {
    const results::OcclusionReader occlusion(occlusion_);
    const results::StatisticsReader statistics(statistics_);
    EXPECT_THAT(check_occlusion_content(occlusion), IsEmpty());
    EXPECT_THAT(check_statistics_content(statistics), IsEmpty());
    EXPECT_TRUE(made_from(statistics, occlusion));
    EXPECT_EQ(postprocess::scan_share(occlusion, 576, self_).predicted.size(), 5U);
}

TEST_F(HostileFiles, ADoneImageWithoutNumbersIsNotPredictedAsASceneThatIsNone) {
    const std::vector<float> nan(3, std::numeric_limits<float>::quiet_NaN());
    overwrite(occlusion_, "/image/probability", nan);
    const results::OcclusionReader file(occlusion_);
    EXPECT_THAT([&] { (void)postprocess::scan_share(file, 576, self_); },
                ThrowsMessage<InputError>(HasSubstr("image 0 of the occlusion file is damaged")));
    EXPECT_THROW((void)statistics::reduce(file, self_, {}, [](const std::string&, std::uint64_t, std::uint64_t) {}),
                 Error);
}

TEST_F(HostileFiles, ACountOfImagesThatNobodyHasTakesNoMemoryInABoxPlot) {
    overwrite<std::uint32_t>(statistics_, "/deviation/correct/images", {UINT32_MAX, UINT32_MAX, UINT32_MAX});
    std::vector<double> ones(3 * 5, 1.0);
    for (const char* column : {"mean", "whisker_low", "whisker_high"})
        overwrite(statistics_, (std::string("/deviation/correct/") + column).c_str(), ones);
    const results::StatisticsReader file(statistics_);
    const postprocess::SceneCharts charts(file, cli::FigureSettings{});
    const auto plot = charts.box_plot(0);
    ASSERT_EQ(plot.boxes.size(), 4U);
    EXPECT_THAT(plot.boxes[0].fliers.size(), Le(100010U));
}

TEST_F(HostileFiles, InfiniteNumbersOfStatisticsAreRefused) {
    std::vector<double> infinite(3 * 5, std::numeric_limits<double>::infinity());
    overwrite(statistics_, "/deviation/correct/mean", infinite);
    overwrite(statistics_, "/relevance/set", std::vector<std::uint8_t>(15, 9));
    const results::StatisticsReader file(statistics_);
    EXPECT_THAT(
        [&] {
            (void)file.column(results::DeviationSet::correct, results::Column::mean, {0, 3});
        },
        ThrowsMessage<InputError>(HasSubstr("infinite")));
    EXPECT_THAT([&] { (void)file.relevance({0, 3}); }, ThrowsMessage<InputError>(HasSubstr("unknown relevance set")));
}

}  // namespace
}  // namespace semscope
