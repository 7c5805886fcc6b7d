// A disk that is full or read-only, and writes that fail: said clearly by all ranks, nothing half made, resumable.
#include "faults_fixture.hpp"

#include <sys/mount.h>
#include <sys/resource.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

namespace semscope {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// A file system of a few kilobytes of its own, where the test has the right to mount one.
class SmallDisk {
  public:
    explicit SmallDisk(std::filesystem::path place) : place_(std::move(place)) {
        std::filesystem::create_directories(place_);
        mounted_ = mount("tmpfs", place_.c_str(), "tmpfs", 0, "size=16k") == 0;
    }
    ~SmallDisk() {
        if (mounted_) umount2(place_.c_str(), MNT_DETACH);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    bool mounted() const { return mounted_; }
    bool remount(unsigned long flags, const std::string& options) const {
        return mount("tmpfs", place_.c_str(), "tmpfs", MS_REMOUNT | flags, options.c_str()) == 0;
    }

  private:
    std::filesystem::path place_;
    bool mounted_ = false;
};

class Disk : public FaultsTest {
  protected:
    static std::size_t files_in(const std::filesystem::path& place) {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(place), {}));
    }
};

TEST_F(Disk, ThatIsFullOrReadOnlyIsSaidAndNothingIsLeftUntilThereIsRoom) {
    make_slow_data(1);
    const std::string quiet = quiet_digest();
    const auto place = folder() / "small";
    const SmallDisk disk(place);
    if (!disk.mounted()) GTEST_SKIP() << "no right to mount: " << std::strerror(errno);
    const std::vector<std::string> there{"--run.resume", "true", "--output.occlusion", (place / "o.h5").string()};
    for (const int ranks : {1, 3}) {
        const Outcome full = occlude(ranks, there);
        EXPECT_EQ(full.exit_code, 1) << full.output;
        EXPECT_THAT(full.output, AllOf(HasSubstr("o.h5"), HasSubstr("No space left on device")));
        EXPECT_EQ(files_in(place), 0U) << full.output;
    }
    ASSERT_TRUE(disk.remount(MS_RDONLY, "size=16k"));
    const Outcome read_only = occlude(2, there);
    EXPECT_EQ(read_only.exit_code, 1) << read_only.output;
    EXPECT_THAT(read_only.output, AllOf(HasSubstr("o.h5"), HasSubstr("Read-only file system")));

    ASSERT_TRUE(disk.remount(0, "size=1m"));
    const Outcome enough = occlude(2, there);
    EXPECT_EQ(enough.exit_code, 0) << enough.output;
    std::filesystem::copy_file(place / "o.h5", output());
    EXPECT_EQ(digest(), quiet);
}

using Vanished = FaultsTest;

TEST_F(Vanished, PhotosEndTheJobAndStayPendingUntilTheirFileSystemIsBack) {
    make_slow_data();
    const std::string quiet = quiet_digest();
    auto job = start(2);
    ASSERT_NO_FATAL_FAILURE(wait_for_midst());
    std::filesystem::rename(root() / "val", root() / "away");
    const Outcome outcome = job->wait(30);
    EXPECT_EQ(outcome.exit_code, 1) << outcome.output;
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("there is no such file"), HasSubstr("look at its file system"),
                                      HasSubstr("--run.resume true")));
    EXPECT_GE(count_status(1), 5U);
    EXPECT_GT(count_status(0), 0U);
    EXPECT_EQ(count_status(2), 0U) << "marked unreadable";
    std::filesystem::rename(root() / "away", root() / "val");
    expect_resumed_equals(quiet, 3);
}

TEST_F(Vanished, PhotosThatAreBackSoonAreReadAgain) {
    make_slow_data();
    const std::string quiet = quiet_digest();
    auto job = start(2);
    ASSERT_NO_FATAL_FAILURE(wait_for_midst());
    std::filesystem::rename(root() / "val", root() / "away");
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    std::filesystem::rename(root() / "away", root() / "val");
    const Outcome outcome = job->wait(60);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_EQ(digest(), quiet);
}

/// A limit on the size of files, set on one rank from outside, makes its next write fail as a full disk would (EFBIG).
class FailingWrite : public FaultsTest, public testing::WithParamInterface<int> {};

TEST_P(FailingWrite, OnOneRankEndsAllOfThemAndTheFileIsResumable) {
    make_slow_data();
    const std::string quiet = quiet_digest();
    auto job = start(3);
    ASSERT_NO_FATAL_FAILURE(wait_for_midst());
    const auto ranks = ranks_of(*job);
    ASSERT_EQ(ranks.size(), 3U);
    const rlimit none{0, 0};
    ASSERT_EQ(prlimit(ranks[static_cast<std::size_t>(GetParam())], RLIMIT_FSIZE, &none, nullptr), 0);
    const Outcome outcome = job->wait(30);
    EXPECT_EQ(outcome.exit_code, 1) << outcome.output;
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("rank " + std::to_string(GetParam()) + " on "), HasSubstr("writing /"),
                                      HasSubstr("--run.resume true")));
    EXPECT_FALSE(std::filesystem::exists(output().string() + ".lock"));
    EXPECT_LT(count_status(1), static_cast<std::uint64_t>(images));
    expect_resumed_equals(quiet, 2);
}

INSTANTIATE_TEST_SUITE_P(Rank, FailingWrite, testing::Values(0, 2),
                         [](const auto& each) { return std::to_string(each.param); });

}  // namespace
}  // namespace semscope
