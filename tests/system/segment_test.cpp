// Label maps from a segmentation network: the right classes, the same files whatever the ranks and interruptions, and
// nothing of other origin touched.
#include "occlude_fixture.hpp"
#include "python_checks.hpp"
#include "support/running_program.hpp"

#include <signal.h>

#include <fstream>
#include <iterator>
#include <map>

namespace semscope {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing_support::RunningProgram;

/// The demo set's photos and a network of six labels whose logits are the colours and their opposites, at a quarter of
/// the resolution.
class Segment : public testing::Test {
  protected:
    static inline const std::string bin = SEMSCOPE_BIN_DIR;
    static fs::path demo() { return SEMSCOPE_DEMO_DIR; }

    void SetUp() override {
        make_network("");
        std::ofstream(folder() / "map.txt")
            << "0 wall\n1 tree\n2 sky\n3 night stand\n4 ignore\n5 9\n";  // names with a blank and an index too
        std::ofstream(folder() / "names.txt")
            << "1\twall\n2\ttree\n3\tsky\n4\tfloor\n5\tbed\n6\tnight stand\n7\tsea\n8\tcar\n9\troad\n";
    }

    /// `work`: lines that keep the network busy.
    void make_network(const std::string& work) const {
        testing_support::write_network(folder() / "model.ts",
                                       work + "p = torch.avg_pool2d(x, [4, 4])\nreturn torch.cat([p, p * -1], 1) * 3");
    }

    const fs::path& folder() const { return folder_.path(); }
    fs::path labels(const std::string& name = "labels") const { return folder() / name; }

    std::vector<std::string> command(const fs::path& to, const std::vector<std::string>& more = {}) const {
        std::vector<std::string> words{bin + "/semscope-segment",
                                       "--data.root",
                                       demo().string(),
                                       "--data.semantics",
                                       (folder() / "names.txt").string(),
                                       "--labels.root",
                                       to.string(),
                                       "--segment.model",
                                       (folder() / "model.ts").string(),
                                       "--segment.map",
                                       (folder() / "map.txt").string()};
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }

    Outcome segment(int ranks, const fs::path& to, const std::vector<std::string>& more = {}) const {
        return testing_support::run_ranks(ranks, command(to, more));
    }

    void expect_python_agrees(const fs::path& to, const std::vector<std::string>& more = {}) const {
        fs::create_directories(folder() / "set");
        fs::copy(demo() / "val.txt", folder() / "set/val.txt", fs::copy_options::overwrite_existing);
        fs::copy(folder() / "names.txt", folder() / "set/names.txt", fs::copy_options::overwrite_existing);
        if (!fs::exists(folder() / "set/val")) fs::create_directory_symlink(demo() / "val", folder() / "set/val");
        std::vector<std::string> arguments{"--data",      (folder() / "set").string(),
                                           "--semantics", "names.txt",
                                           "--labels",    to.string(),
                                           "--model",     (folder() / "model.ts").string(),
                                           "--map",       (folder() / "map.txt").string()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const Outcome outcome = run_python("check_labels.py", arguments);
        EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    }

    /// The PNG files below a folder with their bytes, and nothing else may be there but the record and the timing.
    static std::map<std::string, std::string> tree(const fs::path& top) {
        std::map<std::string, std::string> files;
        if (!fs::exists(top)) return files;
        for (const auto& entry : fs::recursive_directory_iterator(top)) {
            if (!entry.is_regular_file()) continue;
            const std::string name = entry.path().lexically_relative(top).string();
            if (name.starts_with("semscope-segment.")) continue;
            std::ifstream file(entry.path(), std::ios::binary);
            files[name] = {std::istreambuf_iterator<char>(file), {}};
        }
        return files;
    }

    static std::size_t count_labels(const fs::path& top) {
        std::size_t count = 0;
        if (fs::exists(top))
            for (const auto& entry :
                 fs::recursive_directory_iterator(top, fs::directory_options::skip_permission_denied))
                if (entry.path().extension() == ".png") ++count;
        return count;
    }

    /// Starts a slow run and waits until it has made some more label maps.
    std::unique_ptr<RunningProgram> start(int ranks, const fs::path& to) const {
        const std::size_t before = count_labels(to);
        auto job = std::make_unique<RunningProgram>(testing_support::with_ranks(ranks, command(to)));
        EXPECT_TRUE(testing_support::wait_until([&] { return count_labels(to) >= before + 6; }));
        return job;
    }

  private:
    testing_support::TemporaryFolder folder_;
};

TEST_F(Segment, LabelMapsEqualAnIndependentRunOfTheNetwork) {
    const Outcome outcome = segment(2, labels());
    ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    expect_python_agrees(labels());
    const Outcome flipped = segment(3, labels("flipped"), {"--segment.flip", "--segment.batch", "5"});
    ASSERT_EQ(flipped.exit_code, 0) << flipped.output;
    expect_python_agrees(labels("flipped"), {"--flip"});
    const Outcome three =
        segment(2, labels("three"), {"--segment.layout", "top3", "--segment.scores", (folder() / "scores").string()});
    ASSERT_EQ(three.exit_code, 0) << three.output;
    expect_python_agrees(labels("three"));
    EXPECT_EQ(count_labels(folder() / "scores"), count_labels(labels()));
}

TEST_F(Segment, InterruptedAndRestartedRunsGiveTheSameFilesForAnyRanks) {
    ASSERT_EQ(segment(1, labels("quiet")).exit_code, 0);
    const auto quiet = tree(labels("quiet"));
    ASSERT_EQ(quiet.size(), 96U);
    for (const int ranks : {2, 3}) {
        ASSERT_EQ(segment(ranks, labels(std::to_string(ranks))).exit_code, 0);
        EXPECT_EQ(tree(labels(std::to_string(ranks))), quiet);
    }
    // The work changes nothing in the result; only its time.
    make_network("w = torch.ones([192, 192]) * 0.001\nfor i in range(300):\n    w = torch.matmul(w, w)\n");
    ASSERT_EQ(segment(2, labels("slow"), {"--data.limit", "1"}).exit_code, 0);
    for (const int ranks : {3, 2, 1}) {
        auto job = start(ranks, labels("slow"));
        const auto processes = job->children("semscope-segment");
        ASSERT_FALSE(processes.empty());
        ASSERT_LT(count_labels(labels("slow")), quiet.size());
        if (ranks == 2) {  // a request to stop
            kill(processes.back(), SIGTERM);
            const Outcome outcome = job->wait(30);
            EXPECT_EQ(outcome.exit_code, 75) << outcome.output;
            EXPECT_THAT(outcome.output, HasSubstr("run the same command again"));
        } else {
            for (const pid_t process : processes) kill(process, SIGKILL);
            job->wait(30);
        }
        for (const auto& [name, bytes] : tree(labels("slow")))
            if (!name.ends_with(".tmp")) {  // a file that a killed rank left half written
                EXPECT_EQ(bytes, quiet.at(name)) << name;
            }
    }
    const Outcome last = segment(3, labels("slow"));
    EXPECT_EQ(last.exit_code, 0) << last.output;
    EXPECT_EQ(tree(labels("slow")), quiet);
    const Outcome again = segment(2, labels("slow"));
    EXPECT_EQ(again.exit_code, 0);
    EXPECT_THAT(again.output, HasSubstr("96 photos, 0 of them to be segmented"));
}

TEST_F(Segment, PhotosOfManySizesGiveTheSameFilesForAnyRanks) {
    std::vector<testing_support::TinyImage> images;
    for (int i = 0; i < 14; ++i)
        images.push_back(
            {"kitchen", {{1, 9 + 4 * (i % 5), {200, static_cast<std::uint8_t>(20 * i), 10}}, {2, 8, {0, 90, 250}}}});
    const fs::path root = folder() / "tiny";
    testing_support::write_tiny_data_set(root, images);
    fs::copy(folder() / "names.txt", root / "names.txt");
    const std::vector<std::string> own{"--data.root", root.string(), "--segment.batch", "3"};
    ASSERT_EQ(segment(1, labels("1"), own).exit_code, 0);
    const Outcome outcome = segment(3, labels("3"), own);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_EQ(tree(labels("1")), tree(labels("3")));
    EXPECT_EQ(count_labels(labels("1")), images.size());
    const Outcome python = run_python(
        "check_labels.py", {"--data", root.string(), "--semantics", "names.txt", "--labels", labels("1").string(),
                            "--model", (folder() / "model.ts").string(), "--map", (folder() / "map.txt").string()});
    EXPECT_EQ(python.exit_code, 0) << python.output;
}

TEST_F(Segment, PhotosInAnArchiveGiveTheSameFilesAndAreIndexedOnce) {
    const fs::path root = folder() / "packed";
    testing_support::write_tiny_data_set(root, testing_support::varied_tiny_images(6));
    const auto run = [&](int ranks, const std::string& to, const std::vector<std::string>& more) {
        std::vector<std::string> words{"--data.root", root.string()};
        words.insert(words.end(), more.begin(), more.end());
        return segment(ranks, labels(to), words);
    };
    ASSERT_EQ(run(1, "files", {}).exit_code, 0);
    const Outcome packed =
        testing_support::run_program({"tar", "-C", root.string(), "-cf", (root / "photos.tar").string(), "val"});
    ASSERT_EQ(packed.exit_code, 0) << packed.output;
    fs::remove_all(root / "val");
    const Outcome first = run(1, "labels", {"--data.archive", "photos.tar", "--data.limit", "4"});
    EXPECT_THAT(first.output, HasSubstr("6 members indexed"));
    const Outcome second = run(3, "labels", {"--data.archive", "photos.tar"});
    EXPECT_EQ(second.exit_code, 0) << second.output;
    EXPECT_THAT(second.output, AllOf(Not(HasSubstr("members indexed")), HasSubstr("6 photos, 2 of them")));
    EXPECT_EQ(tree(labels()), tree(labels("files")));
    fs::create_directories(labels("others"));
    std::ofstream(labels("others") / "mine.txt") << "by hand";
    EXPECT_EQ(run(1, "others", {"--data.archive", "photos.tar"}).exit_code, 2);
    EXPECT_EQ(std::distance(fs::directory_iterator(labels("others")), {}), 1) << "no index in the folder of others";
}

TEST_F(Segment, OccludeReadsWhatItWrote) {
    ASSERT_EQ(segment(2, labels()).exit_code, 0);
    const Outcome outcome = testing_support::run_ranks(
        2, {bin + "/semscope-occlude", "--config", (demo() / "demo.cfg").string(), "--data.semantics",
            (folder() / "names.txt").string(), "--labels.root", labels().string(), "--output.occlusion",
            (folder() / "occlusion.h5").string(), "--data.limit", "12"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
}

TEST_F(Segment, LabelMapsOfOtherOriginAreNeverTouched) {
    fs::create_directories(labels() / "val/office");
    std::ofstream(labels() / "val/office/office_0000.png") << "by hand";
    for (const std::vector<std::string>& more : {std::vector<std::string>{}, {"--output.overwrite"}}) {
        const Outcome outcome = segment(2, labels(), more);
        EXPECT_EQ(outcome.exit_code, 2);
        EXPECT_THAT(outcome.output, AllOf(HasSubstr(labels().string()), HasSubstr("did not make")));
    }
    EXPECT_EQ(tree(labels()).at("val/office/office_0000.png"), "by hand");
    EXPECT_EQ(tree(labels()).size(), 1U);
}

TEST_F(Segment, LabelMapsOfAnotherNetworkOrOtherOptionsAreNotMixed) {
    ASSERT_EQ(segment(2, labels()).exit_code, 0);
    const auto before = tree(labels());
    const Outcome options = segment(3, labels(), {"--segment.min-confidence", "0.5"});
    EXPECT_EQ(options.exit_code, 2);
    EXPECT_THAT(options.output,
                AllOf(HasSubstr("segment.min-confidence was 0, is 0.5"), HasSubstr("output.overwrite")));
    make_network("x = x * 2\n");
    const Outcome network = segment(1, labels());
    EXPECT_EQ(network.exit_code, 2);
    EXPECT_THAT(network.output, HasSubstr("the network's SHA-256 was"));
    EXPECT_EQ(tree(labels()), before);
    EXPECT_EQ(segment(2, labels(), {"--output.overwrite"}).exit_code, 0);
    EXPECT_EQ(tree(labels()).size(), before.size());
    expect_python_agrees(labels());
}

TEST_F(Segment, EveryFaultOfTheInputIsReportedTogetherAndNothingIsWritten) {
    std::ofstream(folder() / "list.txt") << "val/office/none.jpg\nval/office/office_0000.jpg\n";
    std::ofstream(folder() / "map.txt") << "0 wal\n1 tree\n3 sky\n";
    for (const int ranks : {1, 3}) {
        const Outcome outcome = segment(ranks, labels(),
                                        {"--data.images", (folder() / "list.txt").string(), "--segment.layout", "top3",
                                         "--labels.channel", "red", "--segment.model", "/none.ts"});
        EXPECT_EQ(outcome.exit_code, 2);
        EXPECT_THAT(outcome.output,
                    AllOf(HasSubstr("map.txt:1: there is no class \"wal\"; nearest: wall"),
                          HasSubstr("label 2 is missing"), HasSubstr("labels.channel = blue"), HasSubstr("/none.ts")));
    }
    EXPECT_FALSE(fs::exists(labels()));
}

TEST_F(Segment, NetworksAndListsThatDoNotFitAreRefused) {
    struct Case {
        std::vector<std::string> more;
        std::string message;
    };
    std::ofstream(folder() / "list.txt") << "val/office/none.jpg\n";
    std::ofstream(folder() / "short.txt") << "0 wall\n1 tree\n";
    testing_support::write_network(folder() / "flat.ts", "return x.mean([2, 3])");
    testing_support::write_network(folder() / "broken.ts", "y = torch.cat([x, x], 1)\nreturn y / (y - y)");
    for (const Case& each :
         {Case{{"--data.images", (folder() / "list.txt").string()}, "there is no such file"},
          Case{{"--segment.map", (folder() / "short.txt").string()}, "has 2 labels"},
          Case{{"--segment.map", ""}, "6 labels and data.semantics 9 classes"},
          Case{{"--segment.model", (folder() / "flat.ts").string()}, "[1,K,h,w]"},
          Case{{"--segment.model", (folder() / "map.txt").string()}, "TorchScript"},
          Case{{"--segment.size", "-3"}, "segment.size"}, Case{{"--labels.root", demo().string()}, "not data.root"}}) {
        const Outcome outcome = segment(2, labels(), each.more);
        EXPECT_EQ(outcome.exit_code, 2) << each.message << outcome.output;
        EXPECT_THAT(outcome.output, HasSubstr(each.message));
        EXPECT_TRUE(tree(labels()).empty()) << each.message;
    }
    const Outcome broken = segment(2, labels(), {"--segment.model", (folder() / "broken.ts").string()});
    EXPECT_EQ(broken.exit_code, 1);
    EXPECT_THAT(broken.output, HasSubstr("not a finite number"));
}

TEST_F(Segment, APhotoThatCannotBeDecodedIsNamedAndLeftOut) {
    fs::create_directories(folder() / "own/val/office");
    for (const char* name : {"office_0000.jpg", "office_0001.jpg"})
        fs::copy(demo() / "val/office" / name, folder() / "own/val/office" / name);
    fs::resize_file(folder() / "own/val/office/office_0001.jpg", 3000);
    std::ofstream(folder() / "own/val.txt") << "val/office/office_0000.jpg\nval/office/office_0001.jpg\n";
    const Outcome outcome = segment(2, labels(), {"--data.root", (folder() / "own").string()});
    EXPECT_EQ(outcome.exit_code, 3) << outcome.output;
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("office_0001.jpg"), HasSubstr("without label map")));
    EXPECT_EQ(count_labels(labels()), 1U);
}

}  // namespace
}  // namespace semscope
