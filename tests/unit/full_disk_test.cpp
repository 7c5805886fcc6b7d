

// Whatever keeps a file from being created whole leaves nothing of it. A limit on the size of files stands for a full
// disk: it needs no rights, and every write meets it in the same way.
#include "semscope/core/errors.hpp"
#include "semscope/core/files.hpp"
#include "semscope/job/stop_signal.hpp"
#include "semscope/results/occlusion_file.hpp"
#include "semscope/results/result_file.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>

namespace semscope::results {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

/// No file of this process can grow beyond `bytes` while it lives.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) {
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }

  private:
    rlimit before_{};
};

OcclusionLayout layout() {
    return {1000,
            5000,
            {"kitchen", "street"},
            {"unlabelled", "wall"},
            20,
            [](std::uint64_t i) { return std::to_string(i); }};
}

TEST(FullDisk, LeavesNothingWhereverTheSpaceEnds) {
    const StopSignal ignore_size_signal;
    const testing_support::TemporaryFolder folder;
    const auto path = folder.path() / "occlusion.h5.creating.1";
    for (const rlim_t limit : {0U, 100U, 5000U, 20000U, 60000U}) {
        {
            const FileSizeLimit full(limit);
            EXPECT_THAT([&] { create_occlusion_file(path, layout(), {}, 1); },
                        ThrowsMessage<IoError>(HasSubstr("the output cannot be created")))
                << limit;
        }
        EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << limit;
    }
    create_occlusion_file(path, layout(), {}, 1);
    put_in_place(path, folder.path() / "occlusion.h5", Existing::keep);
    EXPECT_EQ(OcclusionReader(folder.path() / "occlusion.h5").images(), 1000U);
}

TEST(FullDisk, LeftoversOfOtherFilesStay) {
    const testing_support::TemporaryFolder folder;
    for (const char* name : {"a.h5.creating.7", "a.h5.creating.8", "b.h5.creating.7", "a.h5"})
        std::ofstream(folder.path() / name) << "x";
    remove_leftovers(folder.path() / "a.h5");
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "a.h5.creating.7"));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "a.h5.creating.8"));
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "b.h5.creating.7"));
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "a.h5"));
}

}  // namespace
}  // namespace semscope::results
