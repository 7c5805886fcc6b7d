

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
    std::filesystem::path photo(std::size_t image) const { return root() / path_of(image); }
    std::filesystem::path label_map(std::size_t image) const {
        return root() / "noisy_annotations_RGB" / path_of(image);
    }

    /// An image with this state.
    std::size_t image_of_status(std::uint8_t wanted) const {
        const auto status = results::OcclusionReader(output()).image_status({0, images});
        return static_cast<std::size_t>(std::find(status.begin(), status.end(), wanted) - status.begin());
    }

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

  private:
    std::string path_of(std::size_t image) const {
        return results::OcclusionReader(output()).image_paths({image, image + 1}).front();
    }
};

TEST_F(Resume, IsRefusedWithEveryReasonWhenSomethingChanged) {
    make_partial();
    expect_refusal(2, {"--occlusion.fill", "black", "--run.batch", "8", "--run.loaders", "2"},
                   {"occlusion.fill was mean and is black", "run.batch was 4 and is 8", "2 problems"});
    expect_refusal(1, {"--data.limit", "59"}, {"number of images was 60 and is 59", "image list's SHA-256 was"});

    // Of an image that is still to be done: the others are not looked at again. Neighbours differ in their classes.
    const std::size_t pending = image_of_status(0);
    const auto map = label_map(pending);
    const auto aside = folder() / "aside.png";
    std::filesystem::rename(map, aside);
    std::filesystem::copy_file(label_map((pending + 1) % images), map);
    expect_refusal(3, {}, {map.string() + ": the label map has changed", "classes then"});
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

/// Inputs that changed between two parts of a run, though classes, pixels and sizes are as they were.
class ChangedInput : public Resume {
  protected:
    void mirror(const std::filesystem::path& picture) const {
        std::filesystem::copy_file(picture, folder() / "former.png", std::filesystem::copy_options::overwrite_existing);
        const Outcome mirrored = testing_support::run_program(
            {SEMSCOPE_PYTHON, "-c",
             "import sys\nfrom PIL import Image, ImageOps\nImageOps.mirror(Image.open(sys.argv[1])).save(sys.argv[1])",
             picture.string()});
        ASSERT_EQ(mirrored.exit_code, 0) << mirrored.output;
    }
    void bring_back(const std::filesystem::path& picture) const {
        std::filesystem::copy_file(folder() / "former.png", picture, std::filesystem::copy_options::overwrite_existing);
    }
};

TEST_F(ChangedInput, AMirroredLabelMapOfAPendingImageIsRefused) {
    make_partial();
    const auto map = label_map(image_of_status(0));
    ASSERT_NO_FATAL_FAILURE(mirror(map));
    expect_refusal(2, {}, {map.string() + ": the label map has changed", "SHA-256"});
    bring_back(map);
    EXPECT_EQ(occlude(1, {"--run.resume", "true"}).exit_code, 0);
}

TEST_F(ChangedInput, OfAnImageThatIsDoneIsFoundOnRequest) {
    make_partial();
    const std::size_t done = image_of_status(1);
    for (const auto& [picture, what] :
         {std::pair(photo(done), "the photo"), std::pair(label_map(done), "the label map")}) {
        ASSERT_NO_FATAL_FAILURE(mirror(picture));
        expect_refusal(2, {"--run.verify-inputs", "true"}, {picture.string() + ": " + what + " has changed"});
        bring_back(picture);
    }
    const Outcome outcome = occlude(3, {"--run.resume", "true", "--run.verify-inputs", "true"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    // The file is complete now; the request is honoured all the same.
    EXPECT_EQ(occlude(2, {"--run.resume", "true", "--run.verify-inputs", "true"}).exit_code, 0);
    ASSERT_NO_FATAL_FAILURE(mirror(photo(7)));
    expect_refusal(1, {"--run.verify-inputs", "true"}, {photo(7).string()});
}

TEST_F(ChangedInput, DigestsAreTheFirstDigitsOfSha256sum) {
    make_data(testing_support::varied_tiny_images(5));
    const auto damaged = root() / "val/bedroom/0001.png";
    std::filesystem::resize_file(damaged, std::filesystem::file_size(damaged) - 24);
    ASSERT_EQ(occlude(2).exit_code, 3);
    const Outcome check = testing_support::run_program(
        {SEMSCOPE_PYTHON, "-c",
         "import h5py, hashlib, sys\n"
         "root, f = sys.argv[1] + '/', h5py.File(sys.argv[2])\n"
         "first = lambda path: int(hashlib.sha256(open(path, 'rb').read()).hexdigest()[:16], 16)\n"
         "for i, path in enumerate(f['/image/path'].asstr()[:]):\n"
         "    photo = first(root + path) if f['/image/status'][i] == 1 else 0\n"
         "    assert f['/image/photo_digest'][i] == photo, path\n"
         "    assert f['/image/label_digest'][i] == first(root + 'noisy_annotations_RGB/' + path), path\n",
         root().string(), output().string()});
    EXPECT_EQ(check.exit_code, 0) << check.output;
}

TEST_F(ChangedInput, AFileWithoutDigestsIsReadButNotContinued) {
    make_partial();
    const Outcome older =
        testing_support::run_program({SEMSCOPE_PYTHON, "-c",
                                      "import h5py, numpy, sys\nwith h5py.File(sys.argv[1], 'r+') as f:\n"
                                      "    del f['/image/photo_digest'], f['/image/label_digest']\n"
                                      "    f.attrs.modify('format_version', numpy.uint64(1))",
                                      output().string()});
    ASSERT_EQ(older.exit_code, 0) << older.output;
    expect_refusal(2, {}, {"format version is 1", "start afresh"});
    EXPECT_EQ(testing_support::run_program({bin + "/semscope-inspect", "--check", output().string()}).exit_code, 0);
}

TEST_F(Resume, TouchesOnlyTheInputsOfPendingImages) {
    make_slow_data();
    const std::string quiet = quiet_digest();
    auto job = start(2);
    ASSERT_NO_FATAL_FAILURE(wait_for_midst());
    kill(ranks_of(*job).at(0), SIGTERM);
    ASSERT_EQ(job->wait(20).exit_code, 75);
    {
        const results::OcclusionReader file(output());
        const auto status = file.image_status({0, file.images()});
        const auto paths = file.image_paths({0, file.images()});
        for (std::size_t i = 0; i < status.size(); ++i)
            if (status[i] == 1) {
                std::filesystem::remove(root() / paths[i]);
                std::filesystem::remove(root() / "noisy_annotations_RGB" / paths[i]);
            }
    }
    expect_resumed_equals(quiet, 3);
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
    EXPECT_EQ(job->wait(240).exit_code, 0) << "the first is not disturbed";
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
    const Outcome outcome =
        testing_support::run_program(testing_support::one_rank_each({command(), plain(command())}), 60);
    EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("rank 1"), HasSubstr("CPU capability")));
}

}  // namespace
}  // namespace semscope
