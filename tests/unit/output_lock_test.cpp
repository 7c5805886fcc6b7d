#include "semscope/job/output_lock.hpp"

#include "semscope/core/errors.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

namespace semscope {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

class OutputLockTest : public testing::Test {
  protected:
    std::filesystem::path output() const { return folder_.path() / "occlusion.h5"; }
    std::filesystem::path lock() const { return lock_path(output()); }

    static OutputLock::Options quick(bool break_lock = false) {
        return {.break_lock = break_lock, .beat_seconds = 0.05, .patience_beats = 4};
    }

    std::string record() const {
        std::ifstream file(lock());
        return {std::istreambuf_iterator<char>(file), {}};
    }

    /// Leaves a lock behind as a crashed process would: by a child that ends without giving it back.
    void crash_with_lock() const {
        const pid_t child = fork();
        if (child == 0) {
            new OutputLock(output(), quick());
            _exit(0);
        }
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        ASSERT_EQ(status, 0);
        ASSERT_TRUE(std::filesystem::exists(lock()));
    }

    /// Changes a line of the record in place.
    void change(const std::string& key, const std::string& value) const {
        std::string text = record();
        const std::size_t begin = text.find(key + " = ");
        ASSERT_NE(begin, std::string::npos);
        text.replace(begin, text.find('\n', begin) - begin, key + " = " + value);
        std::ofstream(lock(), std::ios::trunc) << text;
    }

    std::size_t files() const {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(output().parent_path()), {}));
    }

  private:
    testing_support::TemporaryFolder folder_;
};

TEST_F(OutputLockTest, KeepsASecondHolderOffUntilItIsGivenBack) {
    {
        const OutputLock first(output(), quick());
        EXPECT_THAT([&] { const OutputLock second(output(), quick()); },
                    ThrowsMessage<InputError>(AllOf(HasSubstr("process " + std::to_string(getpid())),
                                                    HasSubstr("which is running"), HasSubstr("run.break-lock"))));
        EXPECT_EQ(files(), 1U) << "nothing but the lock is left by the refused one";
    }
    EXPECT_EQ(files(), 0U);
    EXPECT_NO_THROW(OutputLock(output(), quick()));
}

TEST_F(OutputLockTest, OfACrashedProcessIsReplacedAtOnce) {
    ASSERT_NO_FATAL_FAILURE(crash_with_lock());
    const OutputLock lock_of_ours(output(), quick());
    EXPECT_THAT(record(), HasSubstr("pid = " + std::to_string(getpid())));
    EXPECT_EQ(files(), 1U);
}

TEST_F(OutputLockTest, OfAProcessWhoseNumberIsUsedAgainIsReplaced) {
    ASSERT_NO_FATAL_FAILURE(crash_with_lock());
    ASSERT_NO_FATAL_FAILURE(change("pid", "1"));  // lives, but was started at another time
    EXPECT_NO_THROW(OutputLock(output(), quick()));
}

TEST_F(OutputLockTest, OfAnotherMachineIsReplacedWhenItStaysSilent) {
    ASSERT_NO_FATAL_FAILURE(crash_with_lock());
    ASSERT_NO_FATAL_FAILURE(change("machine", "another"));
    const auto start = std::chrono::steady_clock::now();
    EXPECT_NO_THROW(OutputLock(output(), quick()));
    EXPECT_GT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(150)) << "it was given time";
}

TEST_F(OutputLockTest, OfAnotherMachineIsRespectedWhenItBeats) {
    ASSERT_NO_FATAL_FAILURE(crash_with_lock());
    ASSERT_NO_FATAL_FAILURE(change("machine", "another"));
    ASSERT_NO_FATAL_FAILURE(change("host", "node7"));
    std::atomic<bool> stop{false};
    std::thread holder([&] {
        while (!stop) {
            std::filesystem::last_write_time(lock(), std::filesystem::file_time_type::clock::now());
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    });
    EXPECT_THAT([&] { const OutputLock second(output(), quick()); },
                ThrowsMessage<InputError>(AllOf(HasSubstr("node7"), HasSubstr("signs of life"))));
    stop = true;
    holder.join();
}

TEST_F(OutputLockTest, OfAHolderThatBeatsIsRespectedThoughItsClockIsAMinuteBehind) {
    ASSERT_NO_FATAL_FAILURE(crash_with_lock());
    ASSERT_NO_FATAL_FAILURE(change("machine", "another"));
    const auto beat = [&] {
        using std::chrono::seconds;
        std::filesystem::last_write_time(lock(), std::filesystem::file_time_type::clock::now() - seconds(60));
    };
    beat();
    std::atomic<bool> stop{false};
    std::thread holder([&] {
        while (!stop) {
            beat();
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    });
    EXPECT_THAT([&] { const OutputLock second(output(), quick()); },
                ThrowsMessage<InputError>(HasSubstr("signs of life")));
    stop = true;
    holder.join();
}

TEST_F(OutputLockTest, IsTakenByALinkThatSucceededThoughTheFileSystemSaysItWasThere) {
    // As after an NFS request that was sent twice: both names are of this process's own file.
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    const std::string own = lock().string() + "." + host.data() + "." + std::to_string(getpid());
    std::ofstream(own) << "a former attempt";
    std::filesystem::create_hard_link(own, lock());
    {
        const OutputLock ours(output(), quick());
        EXPECT_THAT(record(), HasSubstr("pid = " + std::to_string(getpid())));
        EXPECT_EQ(files(), 1U);
    }
    EXPECT_EQ(files(), 0U);
}

TEST_F(OutputLockTest, OfTheSameBatchJobBeforeItsRestartIsReplacedAtOnce) {
    setenv("SLURM_JOB_ID", "4711", 1);
    ASSERT_NO_FATAL_FAILURE(crash_with_lock());
    ASSERT_NO_FATAL_FAILURE(change("machine", "another"));
    setenv("SLURM_RESTART_COUNT", "1", 1);
    OutputLock::Options slow = quick();
    slow.beat_seconds = 100;  // waiting for silence would take minutes
    EXPECT_NO_THROW(OutputLock(output(), slow));
    unsetenv("SLURM_JOB_ID");
    unsetenv("SLURM_RESTART_COUNT");
}

TEST_F(OutputLockTest, CanBeBrokenAndTheFormerHolderLearnsOfIt) {
    std::atomic<bool> lost{false};
    OutputLock::Options first_options = quick();
    first_options.lost = [&] { lost = true; };
    auto first = std::make_unique<OutputLock>(output(), first_options);
    const OutputLock second(output(), quick(true));
    for (int i = 0; i < 200 && !lost; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_TRUE(lost);
    first.reset();
    EXPECT_TRUE(std::filesystem::exists(lock())) << "the new holder's lock is not the old one's to remove";
}

TEST_F(OutputLockTest, IsAnIoErrorWhereItCannotBeReadAndLeavesNothingBehind) {
    std::filesystem::create_directory(lock());
    EXPECT_THAT([this] { OutputLock(output(), quick()); },
                ThrowsMessage<IoError>(AllOf(HasSubstr(lock().string()), HasSubstr("cannot be read"))));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(output().parent_path()), {}), 1)
        << "more than the lock";
}

TEST_F(OutputLockTest, IsAnIoErrorWhereNothingCanBeWritten) {
    EXPECT_THROW(OutputLock("/proc/occlusion.h5", quick()), IoError);
}

}  // namespace
}  // namespace semscope
