#include "semscope/comm/agreement.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/hdf5/dataset.hpp"
#include "semscope/hdf5/file.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <array>
#include <ctime>
#include <fstream>
#include <optional>

namespace semscope::hdf5 {
namespace {

using comm::Communicator;
using testing::ElementsAre;

/// A file that rank 0 lays out and all ranks open, in a folder that all ranks know.
class ParallelFile : public testing::Test {
  protected:
    void SetUp() override {
        if (world_.is_root()) {
            folder_.emplace();
            File file = File::create(folder_->path() / "test.h5");
            auto rows = file.create_dataset<float>("/group/rows", {10, 3});
            auto scale = file.create_dataset<std::uint32_t>("/dim_row", {10});
            make_scale(scale, "row");
            attach_scale(rows, 0, scale, "row");
            write_attribute(file.id(), "complete", std::uint64_t{0});
            file.close();
        }
        path_ = world_.broadcast(world_.is_root() ? (folder_->path() / "test.h5").string() : "");
    }
    void TearDown() override { world_.barrier(); }

    Communicator world_ = Communicator::world();
    std::optional<testing_support::TemporaryFolder> folder_;
    std::string path_;
};

TEST_F(ParallelFile, AWriteOfAllRanksIsCollectiveWhereThatIsSafeAndARankWithoutDataTakesPart) {
    File file = File::open(path_, Access::read_write, world_);
    Dataset rows = file.dataset("/group/rows");
    // The last rank has nothing to write (with one rank: everything).
    const int writers = std::max(1, world_.size() - 1);
    std::vector<float> values;
    Range range{0, 0};
    if (world_.rank() < writers) {
        range = comm::even_share(10, world_.rank(), writers);
        for (std::uint64_t i = range.begin * 3; i < range.end * 3; ++i) values.push_back(static_cast<float>(i));
    }
    rows.write<float>(range, values);
    EXPECT_EQ(rows.last_transfer_was_collective(), collective_transfers);
    file.flush();

    const auto all = rows.read<float>();
    EXPECT_EQ(rows.last_transfer_was_collective(), collective_transfers);
    ASSERT_EQ(all.size(), 30U);
    for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], static_cast<float>(i));
}

TEST_F(ParallelFile, ARankThatCannotPrepareItsTransferLeavesNobodyWaiting) {
    File file = File::open(path_, Access::read_write, world_);
    Dataset rows = file.dataset("/group/rows");
    const bool last = world_.rank() == world_.size() - 1;
    const Range range = comm::even_share(10, world_.rank(), world_.size());
    const std::vector<float> values(range.size() * 3 + (last ? 1 : 0), 5.0F);
    if (last) {
        EXPECT_THROW(rows.write<float>(range, values), LibraryError);
        EXPECT_THROW((void)rows.read<float>({0, 11}), InputError);
    } else {
        EXPECT_NO_THROW(rows.write<float>(range, values));
        EXPECT_NO_THROW((void)rows.read<float>(range));
    }
    EXPECT_EQ(world_.sum(1), world_.size()) << "all ranks are in the same call again";
}

TEST_F(ParallelFile, RowsWithGapsGoWhereTheyBelong) {
    File file = File::open(path_, Access::read_write, world_);
    Dataset rows = file.dataset("/group/rows");
    rows.write<float>(world_.is_root() ? Range{0, 10} : Range{0, 0}, std::vector<float>(world_.is_root() ? 30 : 0, 0));
    file.flush();  // MPI-IO orders the writes and reads of several ranks here and nowhere else
    std::vector<Range> ranges;
    if (world_.rank() == world_.size() - 1) ranges = {{1, 2}, {4, 6}};
    const std::vector<float> values(ranges.empty() ? 0 : 9, 7.0F);
    rows.write<float>(ranges, values);
    EXPECT_EQ(rows.last_transfer_was_collective(), collective_transfers);
    file.flush();
    const auto all = rows.read<float>();
    for (std::size_t row = 0; row < 10; ++row)
        EXPECT_EQ(all[3 * row], row == 1 || row == 4 || row == 5 ? 7.0F : 0.0F) << "row " << row;
}

TEST_F(ParallelFile, AnAttributeIsUpdatedInPlaceByAllRanks) {
    File file = File::open(path_, Access::read_write, world_);
    update_attribute(file.id(), "complete", 1);
    file.close();
    File again = File::open(path_, Access::read, world_);
    EXPECT_EQ(read_integer_attribute(again.id(), "complete"), 1U);
}

TEST_F(ParallelFile, HintsReachTheMpiFile) {
    const File file = File::open(path_, Access::read_write, world_, {{"cb_buffer_size", "1048576"}});
    EXPECT_THAT(file.hints(), testing::Contains(testing::Pair("cb_buffer_size", "1048576")));

    const Handle properties(H5Fget_access_plist(file.id()), H5Pclose, "asking for access properties");
    MPI_Comm communicator = MPI_COMM_NULL;
    MPI_Info info = MPI_INFO_NULL;
    ASSERT_GE(H5Pget_fapl_mpio(properties.get(), &communicator, &info), 0);
    std::array<char, 32> value{};
    int found = 0;
    MPI_Info_get(info, "cb_buffer_size", 31, value.data(), &found);
    EXPECT_NE(found, 0);
    EXPECT_STREQ(value.data(), "1048576");
    MPI_Info_free(&info);
    MPI_Comm_free(&communicator);
}

TEST_F(ParallelFile, AHintThatMpiCannotCarryIsAUsageError) {
    EXPECT_THROW(File::open(path_, Access::read, world_, {{std::string(MPI_MAX_INFO_KEY, 'k'), "1"}}), UsageError);
    EXPECT_THROW(check_hints({{"key", std::string(MPI_MAX_INFO_VAL, 'v')}}), UsageError);
    EXPECT_NO_THROW(check_hints({{"key", "value"}}));
}

TEST(SerialFile, ADatasetWithoutRowsTakesTransfersOfNothing) {
    const testing_support::TemporaryFolder folder;
    File file = File::create(folder.path() / "empty.h5");
    Dataset rows = file.create_dataset<float>("/rows", {0, 3});
    EXPECT_NO_THROW(rows.write<float>(Range{0, 0}, std::span<const float>()));
    EXPECT_TRUE(rows.read<float>().empty());
}

TEST(SerialFile, SeparateRowsAreWrittenInAboutLinearTime) {
    const testing_support::TemporaryFolder folder;
    File file = File::create(folder.path() / "rows.h5");
    // Every third row; seconds of this process, which others on the machine do not change.
    const auto seconds_for = [&](std::uint64_t count) {
        Dataset rows = file.create_dataset<float>("/rows" + std::to_string(count), {3 * count, 2});
        std::vector<Range> ranges;
        std::vector<float> values;
        for (std::uint64_t i = 0; i < count; ++i) {
            ranges.push_back({3 * i, 3 * i + 1});
            values.insert(values.end(), {static_cast<float>(i), -static_cast<float>(i)});
        }
        const std::clock_t start = std::clock();
        rows.write<float>(ranges, values);
        const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
        const auto all = rows.read<float>();
        for (std::uint64_t i = 0; i < count; ++i) {
            EXPECT_EQ(all[6 * i], static_cast<float>(i));
            EXPECT_EQ(all[6 * i + 1], -static_cast<float>(i));
        }
        return seconds;
    };
    seconds_for(10);
    const double few = seconds_for(1000);
    EXPECT_LT(seconds_for(8000), 40 * few) << "64 times as long would be the square";
    EXPECT_LT(few, 1);
}

TEST(SerialFile, StringsComeBackAndScalesAreNamed) {
    const testing_support::TemporaryFolder folder;
    File file = File::create(folder.path() / "strings.h5");
    Dataset names = file.create_dataset("/scene/name", string_type(9).get(), {2});
    const std::vector<std::string> texts{"bedroom", "caf\xc3\xa9"};
    names.write_strings(0, texts);
    EXPECT_EQ(names.read_strings({0, 2}), texts);
    write_attribute(names.id(), "long_name", "names");
    EXPECT_EQ(read_string_attribute(names.id(), "long_name"), "names");
    EXPECT_THAT(file.dataset_names(), ElementsAre("/scene/name"));
    EXPECT_THROW(file.dataset("/scene/other"), InputError);
    EXPECT_THROW(read_integer_attribute(names.id(), "long_name"), InputError);
}

TEST(SerialFile, AFileThatIsNotHdf5IsAnInputError) {
    const testing_support::TemporaryFolder folder;
    std::ofstream(folder.path() / "text.h5") << "this is not HDF5";
    EXPECT_THROW(File::open(folder.path() / "text.h5", Access::read), InputError);
    EXPECT_THROW(File::open(folder.path() / "missing.h5", Access::read), InputError);
}

TEST(SerialFile, AnExistingFileIsNotReplaced) {
    const testing_support::TemporaryFolder folder;
    std::ofstream(folder.path() / "there.h5") << "precious";
    EXPECT_THROW(File::create(folder.path() / "there.h5"), IoError);
}

TEST(OpenForAllRanks, AFileThatOneRankDoesNotSeeIsAnErrorOnAllOfThem) {
    const auto world = comm::Communicator::world();
    const auto path =
        std::filesystem::temp_directory_path() / world.broadcast("semscope_seen_" + std::to_string(getpid()) + ".h5");
    if (world.is_root()) File::create(path);
    world.barrier();
    const bool sees = world.rank() + 1 < world.size();
    const auto own = sees ? path : std::filesystem::path(path.string() + ".missing");
    try {
        File::open(own, Access::read_write, world);
        ADD_FAILURE() << "no error";
    } catch (const comm::AgreedError& error) {
        EXPECT_EQ(error.exit_code(), ExitCode::bad_input);
        EXPECT_THAT(error.what(), testing::HasSubstr("there is no such file"));
        const std::string rank = world.size() > 1 ? "rank " + std::to_string(world.size() - 1) : "";
        EXPECT_THAT(error.what(), testing::StartsWith(rank));
    }
    world.barrier();
    if (world.is_root()) std::filesystem::remove(path);
}

}  // namespace
}  // namespace semscope::hdf5
