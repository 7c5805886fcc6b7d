

// A file is continued when everything that made it is as it was, and refused with the reason when not.
#include "faults_fixture.hpp"
#include "semscope/hdf5/dataset.hpp"
#include "semscope/hdf5/file.hpp"

#include <chrono>
#include <fstream>

namespace semscope {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Resume : public FaultsTest {
  protected:
    void make_partial() {
        make_slow_data();
        auto job = start(2);
        ASSERT_NO_FATAL_FAILURE(wait_for_midst());
        kill(ranks_of(*job)[1], SIGKILL);
        EXPECT_NE(job->wait(20).exit_code, 0);
    }

    void expect_refusal(int ranks, const std::vector<std::string>& more, const std::vector<std::string>& words) const {
        std::vector<std::string> all{"--run.resume", "true"};
        all.insert(all.end(), more.begin(), more.end());
        const std::string before = digest();
        const Outcome outcome = occlude(ranks, all);
        EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
        for (const std::string& word : words) EXPECT_THAT(outcome.output, HasSubstr(word));
        EXPECT_EQ(digest(), before) << "a refused file must stay as it is";
    }
};

TEST_F(Resume, IsRefusedWithEveryReasonWhenSomethingChanged) {
    make_partial();
    expect_refusal(2, {"--occlusion.fill", "black", "--run.batch", "8", "--run.loaders", "2"},
                   {"occlusion.fill was mean and is black", "run.batch was 4 and is 8", "2 problems"});
    expect_refusal(1, {"--data.limit", "59"}, {"number of images was 60 and is 59", "image list's SHA-256 was"});

    const auto map = root() / "noisy_annotations_RGB/val/kitchen/0003.png";
    const auto aside = folder() / "aside.png";
    std::filesystem::rename(map, aside);
    std::filesystem::copy_file(root() / "noisy_annotations_RGB/val/kitchen/0000.png", map);
    expect_refusal(3, {}, {"kitchen/0003.png: the label map has changed", "classes then"});
    std::filesystem::rename(aside, map);

    std::ofstream(root() / "objectInfo150.txt") << "Idx\tName\n1\twall\n2\tsofa\n3\tstove\n4\tcar\n";
    expect_refusal(1, {}, {"semantic classes: number 2 was bed and is sofa"});
    std::ofstream(root() / "objectInfo150.txt") << "Idx\tName\n1\twall\n2\tbed\n3\tstove\n4\tcar\n";

    make_slow_network(101);
    expect_refusal(2, {}, {"the network's SHA-256 was"});
    make_slow_network(100);
    EXPECT_EQ(occlude(2, {"--run.resume", "true"}).exit_code, 0) << "all is as it was again";
}

TEST_F(Resume, WithoutAFileStartsAfreshAndNeverReplacesOneThatExists) {
    make_data(testing_support::varied_tiny_images(6));
    EXPECT_EQ(occlude(2, {"--run.resume", "true", "--output.overwrite", "true"}).exit_code, 0);
    const std::string created = results::OcclusionReader(output()).attribute("created");
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    EXPECT_EQ(occlude(2, {"--run.resume", "true", "--output.overwrite", "true"}).exit_code, 0);
    EXPECT_EQ(results::OcclusionReader(output()).attribute("created"), created);
    std::ofstream(output(), std::ios::trunc) << "something else";
    const Outcome outcome = occlude(1, {"--run.resume", "true"});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("occlusion.h5"), HasSubstr("HDF5")));
}

TEST_F(Resume, OfACompleteFileIsAQuickNoOp) {
    make_slow_data(1);
    ASSERT_EQ(occlude(2).exit_code, 0);
    const std::string before = digest();
    // A network that cannot be loaded any more, but has the same bytes: it is not touched but for its digest. The
    // label maps are not needed either.
    std::filesystem::remove_all(root() / "noisy_annotations_RGB");
    const Outcome outcome = occlude(3, {"--run.resume", "true"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_THAT(outcome.output, HasSubstr("nothing is left to do"));
    EXPECT_EQ(digest(), before);
}

TEST_F(Resume, SetsTheMarkWhenOnlyThatIsMissing) {
    make_slow_data(1);
    ASSERT_EQ(occlude(2).exit_code, 0);
    const Outcome damage = testing_support::run_program(
        {SEMSCOPE_PYTHON, "-c",
         "import h5py, sys\nwith h5py.File(sys.argv[1], 'r+') as f: f.attrs.modify('complete', 0)", output().string()});
    ASSERT_EQ(damage.exit_code, 0) << damage.output;
    ASSERT_FALSE(results::OcclusionReader(output()).complete());
    EXPECT_EQ(occlude(2, {"--run.resume", "true"}).exit_code, 0);
    EXPECT_TRUE(results::OcclusionReader(output()).complete());
}

TEST_F(Resume, TriesUnreadablePhotosAgainWhenAsked) {
    make_data(testing_support::varied_tiny_images(9));
    ASSERT_EQ(occlude(2).exit_code, 0);
    const std::string quiet = digest();
    std::filesystem::remove(output());
    const auto photo = root() / "val/bedroom/0004.png";
    std::filesystem::copy_file(photo, folder() / "whole.png");
    std::filesystem::resize_file(photo, std::filesystem::file_size(photo) - 24);
    ASSERT_EQ(occlude(2).exit_code, 3);
    EXPECT_EQ(occlude(1, {"--run.resume", "true"}).exit_code, 3) << "complete, and still says so";
    EXPECT_EQ(occlude(1, {"--run.resume", "true", "--run.retry-unreadable", "true"}).exit_code, 3) << "still damaged";
    EXPECT_EQ(count_status(2), 1U);
    std::filesystem::copy_file(folder() / "whole.png", photo, std::filesystem::copy_options::overwrite_existing);
    const Outcome outcome = occlude(3, {"--run.resume", "true", "--run.retry-unreadable", "true"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_EQ(digest(), quiet);
}

TEST_F(Resume, DoesNotStopAtAnImageWithoutFiniteScores) {
    // The network divides by zero for photos that are all white.
    auto pictures = testing_support::varied_tiny_images(9);
    const auto make = [&] {
        make_data(pictures);
        testing_support::write_network(model(), "m = x.mean([2, 3])\nreturn m / ((m[:, 0:1] < 2.2) * 1.0)");
    };
    make();
    ASSERT_EQ(occlude(2).exit_code, 0);
    const auto others = results::OcclusionReader(output()).image_probabilities({0, 4});
    std::filesystem::remove_all(folder() / "occlusion.h5");
    std::filesystem::remove_all(root());
    pictures[4].stripes = {{1, 12, {255, 255, 255}}, {2, 12, {255, 255, 255}}};
    make();
    const Outcome outcome = occlude(2);
    EXPECT_EQ(outcome.exit_code, 3) << outcome.output;
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("not finite"), HasSubstr("0004.png (as it is)")));
    EXPECT_EQ(count_status(3), 1U);
    EXPECT_EQ(count_status(1), 8U);
    EXPECT_EQ(results::OcclusionReader(output()).image_probabilities({0, 4}), others) << "the others are as ever";
    const std::string before = digest();
    const Outcome again = occlude(1, {"--run.resume", "true"});
    EXPECT_EQ(again.exit_code, 3) << again.output;
    EXPECT_THAT(again.output, AllOf(HasSubstr("nothing is left to do"), HasSubstr("1 images of it have scores")));
    EXPECT_EQ(occlude(3, {"--run.resume", "true", "--run.retry-unreadable", "true"}).exit_code, 3);
    EXPECT_EQ(digest(), before);
    const Outcome inspected = testing_support::run_program({bin + "/semscope-inspect", output().string()});
    EXPECT_THAT(inspected.output, HasSubstr("8 done, 0 unreadable, 1 without finite scores"));
    EXPECT_EQ(testing_support::run_program({bin + "/semscope-inspect", "--check", output().string()}).exit_code, 0);
}

TEST_F(Resume, IgnoresAndClearsWhatAKilledCreationLeft) {
    make_data(testing_support::varied_tiny_images(6));
    const std::string leftover = output().string() + ".creating.123456";
    std::ofstream(leftover) << "half a file";
    EXPECT_EQ(occlude(2, {"--run.resume", "true"}).exit_code, 0);
    EXPECT_FALSE(std::filesystem::exists(leftover));
}

class Lock : public FaultsTest {};

TEST_F(Lock, KeepsASecondJobOffWhileTheFirstRuns) {
    make_slow_data(800);
    auto job = start(2);
    ASSERT_NO_FATAL_FAILURE(wait_for_midst());
    const auto ranks = ranks_of(*job);
    ASSERT_EQ(ranks.size(), 2U);
    const Outcome second = occlude(2, {"--run.resume", "true"});
    EXPECT_EQ(second.exit_code, 2) << second.output;
    EXPECT_THAT(second.output, AllOf(HasSubstr("another job writes this file"), HasSubstr("run.break-lock"),
                                     HasSubstr("process " + std::to_string(ranks[0]))));
    EXPECT_EQ(job->wait(60).exit_code, 0) << "the first is not disturbed";
}

class OtherHardware : public FaultsTest {
  protected:
    /// As on a processor without vector instructions.
    static std::vector<std::string> plain(std::vector<std::string> words) {
        words.insert(words.begin(), {"env", "ATEN_CPU_CAPABILITY=default"});
        return words;
    }
};

TEST_F(OtherHardware, ResumesAFileOnlyWhenAllowedAndThenTheFileSaysSo) {
    make_slow_data();
    auto job = start(2);
    ASSERT_NO_FATAL_FAILURE(wait_for_midst());
    kill(ranks_of(*job).at(0), SIGTERM);
    ASSERT_EQ(job->wait(20).exit_code, 75);
    const auto resume = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"--run.resume", "true"});
        return testing_support::run_program(plain(testing_support::with_ranks(2, command(more))));
    };
    const Outcome refused = resume({});
    EXPECT_EQ(refused.exit_code, 2) << refused.output;
    EXPECT_THAT(refused.output, AllOf(HasSubstr("the hardware was"), HasSubstr("run.allow-other-hardware")));
    EXPECT_EQ(hdf5::read_integer_attribute(hdf5::File::open(output(), hdf5::Access::read).id(), "other_hardware"), 0U);

    const Outcome allowed = resume({"--run.allow-other-hardware", "true"});
    EXPECT_EQ(allowed.exit_code, 0) << allowed.output;
    EXPECT_THAT(allowed.output, HasSubstr("results may differ"));
    EXPECT_EQ(hdf5::read_integer_attribute(hdf5::File::open(output(), hdf5::Access::read).id(), "other_hardware"), 1U);
}

TEST_F(OtherHardware, OfARankIsRefused) {
    make_data(testing_support::varied_tiny_images(4));
    std::vector<std::string> words = testing_support::with_ranks(1, command());
    words.insert(words.end(), {":", "-n", "1"});
    for (const std::string& word : plain(command())) words.push_back(word);
    const Outcome outcome = testing_support::run_program(words, 60);
    EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("rank 1"), HasSubstr("CPU capability")));
}

}  // namespace
}  // namespace semscope
