#include "semscope/core/digest.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/demo/dataset.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace semscope::demo {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A folder of its own for each test, removed at the end.
class DemoDataset : public testing::Test {
  protected:
    DemoDataset() {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        folder_ =
            fs::temp_directory_path() / ("semscope_demo_" + std::string(test->name()) + "_" + std::to_string(getpid()));
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }
    ~DemoDataset() override { fs::remove_all(folder_); }

    fs::path folder_;
};

TrainingOptions tiny(std::uint64_t seed, int threads) {
    TrainingOptions options;
    options.seed = seed;
    options.images_per_scene = 3;
    options.epochs = 1;
    options.threads = threads;
    return options;
}

const Progress silent = [](const std::string&) {};

TEST_F(DemoDataset, IsRefusedInAFolderThatIsNotEmpty) {
    std::ofstream(folder_ / "precious.txt") << "mine";
    DatasetOptions options;
    options.out = folder_;
    try {
        write_dataset(options, silent);
        FAIL() << "no error";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(), testing::AllOf(HasSubstr(folder_.string()), HasSubstr("--overwrite")));
    }
    EXPECT_TRUE(fs::exists(folder_ / "precious.txt"));
}

TEST_F(DemoDataset, NeverReplacesWhatIsNoDemoSetEvenWhenAskedTo) {
    fs::create_directories(folder_ / "val");
    std::ofstream(folder_ / "val" / "precious.jpg") << "mine";
    DatasetOptions options;
    options.out = folder_;
    options.overwrite = true;
    EXPECT_THROW(write_dataset(options, silent), InputError);
    EXPECT_TRUE(fs::exists(folder_ / "val" / "precious.jpg"));
}

TEST_F(DemoDataset, CannotBeWrittenBelowAFile) {
    std::ofstream(folder_ / "file") << "text";
    DatasetOptions options;
    options.out = folder_ / "file" / "out";
    try {
        write_dataset(options, silent);
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr(options.out.string()));
    }
}

TEST_F(DemoDataset, OfAnUntrainedNetworkIsAnErrorAndStaysIncomplete) {
    DatasetOptions options;
    options.out = folder_;
    options.images_per_scene = 1;
    options.held_out_per_scene = 2;
    options.training = tiny(1, 1);
    EXPECT_THROW(write_dataset(options, silent), InferenceError);
    EXPECT_TRUE(fs::exists(folder_ / "val" / "bedroom" / "bedroom_0000.jpg"));
    EXPECT_TRUE(fs::exists(folder_ / "noisy_annotations_RGB" / "val" / "bedroom" / "bedroom_0000.png"));
    EXPECT_FALSE(fs::exists(folder_ / "demo.cfg"));
}

TEST_F(DemoDataset, HasANetworkThatDependsOnTheSeedAloneAndNotOnTheThreads) {
    const auto digest = [&](const TrainingOptions& options) {
        const fs::path path = folder_ / "model.ts";  // the archive holds its own name, so always the same one
        Network::train(options, silent).save(path);
        return sha256_of_file(path);
    };
    const std::string first = digest(tiny(1, 1));
    EXPECT_EQ(digest(tiny(1, 2)), first);
    EXPECT_NE(digest(tiny(2, 1)), first);
}

}  // namespace
}  // namespace semscope::demo
