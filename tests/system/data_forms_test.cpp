// Label maps as well-known data sets have them, and photos and label maps in archives: each form of one tiny data set
// gives the numbers of its plain form, bit for bit, and the names of its own classes, on to the statistics.
#include "reduce_fixture.hpp"
#include "semscope/results/occlusion_file.hpp"
#include "semscope/results/statistics_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <numeric>
#include <opencv2/imgcodecs.hpp>

namespace semscope {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// How a data set numbers the classes wall, bed, stove and car of the tiny one, in ascending order, and stores them.
struct Convention {
    std::string name;
    int classes = 0;
    std::array<int, 5> number{};  ///< class of the tiny class 0 (unlabelled) .. 4; the first one is always 0
    std::function<cv::Mat(const cv::Mat& tiny)> encode;
    std::vector<std::string> options;
    std::string suffix = ".png";
};

void PrintTo(const Convention& convention, std::ostream* out) { *out << convention.name; }

/// One pixel at a time; `value(s)` is what is stored for tiny class s.
template <class Pixel, class ValueOf>
std::function<cv::Mat(const cv::Mat&)> each_pixel(int type, ValueOf value) {
    return [=](const cv::Mat& tiny) {
        cv::Mat out(tiny.size(), type);
        for (int y = 0; y < tiny.rows; ++y)
            for (int x = 0; x < tiny.cols; ++x) out.at<Pixel>(y, x) = value(tiny.at<std::uint8_t>(y, x));
        return out;
    };
}

Convention of_index(const std::string& name, int classes, std::array<int, 5> number, int offset, int unlabelled,
                    bool deep = false) {
    Convention convention{name,
                          classes,
                          number,
                          {},
                          {"--labels.channel", "gray", "--labels.offset", std::to_string(offset), "--labels.unlabelled",
                           std::to_string(unlabelled)}};
    const auto stored = [=](int s) { return (s == 0 ? unlabelled : number[static_cast<std::size_t>(s)]) - offset; };
    if (deep)
        convention.encode =
            each_pixel<std::uint16_t>(CV_16UC1, [=](int s) { return static_cast<std::uint16_t>(stored(s)); });
    else
        convention.encode =
            each_pixel<std::uint8_t>(CV_8UC1, [=](int s) { return static_cast<std::uint8_t>(stored(s)); });
    return convention;
}

std::vector<Convention> conventions() {
    std::vector<Convention> all{of_index("Ade20k150", 150, {0, 1, 8, 72, 150}, 0, 0),
                                of_index("Voc", 20, {0, 2, 9, 15, 20}, 0, 255),
                                of_index("CocoStuff", 182, {0, 1, 62, 100, 182}, 1, 0),
                                of_index("Nyu894", 894, {0, 5, 255, 256, 894}, 0, 0, true),
                                of_index("SixteenBits", 65534, {0, 1, 32767, 32768, 65534}, 0, 65535, true)};
    const std::array<int, 5> ade{0, 200, 1000, 2500, 3688};
    all.push_back({"Ade20kFull",
                   3688,
                   ade,
                   each_pixel<cv::Vec3b>(CV_8UC3,
                                         [=](int s) {
                                             const int number = ade[static_cast<std::size_t>(s)];
                                             return cv::Vec3b(static_cast<std::uint8_t>(7 * s),
                                                              static_cast<std::uint8_t>(number % 256),
                                                              static_cast<std::uint8_t>(number / 256 * 10 + s));
                                         }),
                   {"--labels.encoding", "ade20k-full", "--labels.suffix", "_seg.png"},
                   "_seg.png"});
    const std::array<std::uint8_t, 5> ids{4, 7, 11, 24, 33};  // static (not evaluated), road, building, person, bicycle
    all.push_back({"Cityscapes",
                   19,
                   {0, 1, 3, 12, 19},
                   each_pixel<std::uint8_t>(CV_8UC1, [=](int s) { return ids[static_cast<std::size_t>(s)]; }),
                   {"--labels.encoding", "cityscapes-ids", "--labels.suffix", "_gtFine_labelIds.png"},
                   "_gtFine_labelIds.png"});
    const std::array<cv::Vec3b, 5> colours{cv::Vec3b{0, 0, 0}, {0, 0, 128}, {0, 64, 0}, {128, 0, 192}, {128, 64, 0}};
    all.push_back({"VocColours",
                   20,
                   {0, 1, 8 + 8, 15, 20},
                   each_pixel<cv::Vec3b>(CV_8UC3, [=](int s) { return colours[static_cast<std::size_t>(s)]; }),
                   {"--labels.encoding", "colours", "--labels.colours", "COLOURS"}});
    all.back().number = {0, 3, 7, 15, 20};
    return all;
}

class DataForms : public ReduceTest {
  protected:
    void SetUp() override { make_data(testing_support::varied_tiny_images(6)); }

    /// Classes and scores of the output.
    struct Numbers {
        std::vector<std::uint16_t> semantics;
        std::vector<std::uint32_t> pixels;
        std::vector<float> image, variant;
        std::vector<std::string> names;
    };
    Numbers numbers() const {
        const results::OcclusionReader file(output());
        const comm::Range images{0, file.images()};
        const auto offsets = file.variant_offsets(images);
        const comm::Range variants{0, offsets.back()};
        return {file.variant_semantics(variants), file.variant_pixels(variants), file.image_probabilities(images),
                file.variant_probabilities(variants), file.semantic_names()};
    }
    Outcome run_fresh(int ranks, std::vector<std::string> more) const {
        more.insert(more.end(), {"--output.overwrite"});
        return occlude(ranks, more);
    }
    std::vector<std::string> photos() const {
        std::ifstream list(root() / "val.txt");
        std::vector<std::string> paths;
        for (std::string line; std::getline(list, line);) paths.push_back(line);
        return paths;
    }
    Outcome python_in_root(const std::string& code) const {
        return testing_support::run_program(
            {python, "-c", "import os, sys, tarfile, zipfile\nos.chdir(sys.argv[1])\n" + code, root().string()});
    }
};

class LabelConvention : public DataForms, public testing::WithParamInterface<Convention> {};

TEST_P(LabelConvention, RunsThroughToTheStatisticsWithItsOwnNames) {
    const Convention& convention = GetParam();
    ASSERT_EQ(run_fresh(1, {}).exit_code, 0);
    const Numbers plain = numbers();

    std::ofstream table(root() / "classes.txt");
    for (int s = 1; s <= convention.classes; ++s) table << s << "\t" << convention.name << " " << s << "\n";
    table.close();
    std::ofstream colours(root() / "colours.txt");
    colours << "0 0 0 ignore\n128 0 0 3\n0 64 0 7\n192 0 128 15\n0 64 128 20\n";
    colours.close();
    for (const std::string& photo : photos()) {
        const auto stem = photo.substr(0, photo.size() - 4);
        cv::Mat label = cv::imread((root() / "noisy_annotations_RGB" / photo).string()), blue;
        cv::extractChannel(label, blue, 0);
        blue.forEach<std::uint8_t>([](std::uint8_t& value, const int*) { ++value; });
        std::filesystem::create_directories((root() / "other" / photo).parent_path());
        cv::imwrite((root() / "other" / (stem + convention.suffix)).string(), convention.encode(blue));
    }
    std::vector<std::string> options{"--data.semantics", "classes.txt", "--labels.root", "other"};
    for (const std::string& word : convention.options)
        options.push_back(word == "COLOURS" ? (root() / "colours.txt").string() : word);
    const Outcome outcome = run_fresh(2, options);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    const Numbers other = numbers();
    std::vector<std::uint16_t> expected;
    for (const std::uint16_t s : plain.semantics) expected.push_back(static_cast<std::uint16_t>(convention.number[s]));
    EXPECT_EQ(other.semantics, expected);
    EXPECT_EQ(other.pixels, plain.pixels);
    EXPECT_EQ(other.image, plain.image);
    EXPECT_EQ(other.variant, plain.variant);
    EXPECT_EQ(other.names[static_cast<std::size_t>(convention.number[4])],
              fmt::format("{} {}", convention.name, convention.number[4]));
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("commonest classes: "),
                                      HasSubstr(fmt::format("{} {} ", convention.name, convention.number[1]))));
    if (convention.classes > 10000) return;  // statistics of so many classes take minutes

    const auto statistics_file = statistics();
    const Outcome reduced =
        reduce(1, statistics_file, {"--statistics.resamples", "20", "--statistics.permutations", "20"});
    ASSERT_EQ(reduced.exit_code, 0) << reduced.output;
    const results::StatisticsReader statistics_reader(statistics_file);
    EXPECT_EQ(statistics_reader.semantic_names(), other.names);
}
INSTANTIATE_TEST_SUITE_P(Sets, LabelConvention, testing::ValuesIn(conventions()),
                         [](const auto& each) { return each.param.name; });

/// Where photos and label maps are, and the options that say so.
struct Packing {
    std::string name;
    std::string make;  ///< lines of Python in data.root
    std::vector<std::string> options;
};

void PrintTo(const Packing& packing, std::ostream* out) { *out << packing.name; }

class Packed : public DataForms, public testing::WithParamInterface<Packing> {};

TEST_P(Packed, GivesTheNumbersOfTheFilesOnAnyNumberOfRanksAndGoesOnAfterAKill) {
    ASSERT_EQ(run_fresh(1, {}).exit_code, 0);
    const std::string plain = digest();
    const Outcome packed = python_in_root(
        GetParam().make + "\nimport shutil\nfor folder in 'val', 'noisy_annotations_RGB': shutil.rmtree(folder)\n");
    ASSERT_EQ(packed.exit_code, 0) << packed.output;
    for (const int ranks : {1, 3}) {
        const Outcome outcome = run_fresh(ranks, GetParam().options);
        ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
        EXPECT_EQ(digest(), plain) << ranks;
        EXPECT_EQ(outcome.output.find("members indexed in") != std::string::npos, ranks == 1)
            << "the second run finds the index: " << outcome.output;
    }
    // As a killed job leaves it: two images are pending.
    damage(output(), "f['/image/status'][2:4] = 0; f.attrs['complete'] = 0; f['/image/probability'][2:4] = 0");
    std::vector<std::string> again = GetParam().options;
    again.insert(again.end(), {"--run.resume", "true"});
    const Outcome resumed = occlude(2, again);
    ASSERT_EQ(resumed.exit_code, 0) << resumed.output;
    EXPECT_EQ(digest(), plain);
}

std::vector<Packing> packings() {
    const std::string tar_of_photos = "with tarfile.open('photos.tar', 'w') as t: t.add('val', 'set/val')\n";
    const std::string zip_of_labels =
        "with zipfile.ZipFile('labels.zip', 'w', zipfile.ZIP_DEFLATED) as z:\n"
        "    for folder, _, files in os.walk('noisy_annotations_RGB'):\n"
        "        for f in files: z.write(os.path.join(folder, f))\n";
    const std::string shards =
        "os.mkdir('shards')\n"
        "for i, line in enumerate(open('val.txt').read().split()):\n"
        "    with tarfile.open('shards/%d.tar' % (i % 3), 'a') as t:\n"
        "        t.add(line)\n"
        "        t.add('noisy_annotations_RGB/' + line)\n";
    return {{"ATarAndAZip",
             tar_of_photos + zip_of_labels,
             {"--data.archive", "photos.tar", "--labels.archive", "labels.zip"}},
            {"ShardsOfBoth", shards, {"--data.archive", "shards", "--labels.archive", "shards"}}};
}
INSTANTIATE_TEST_SUITE_P(Forms, Packed, testing::ValuesIn(packings()),
                         [](const auto& each) { return each.param.name; });

TEST_F(DataForms, AMemberThatIsMissingIsNamedWithItsArchiveOnEveryRank) {
    ASSERT_EQ(python_in_root("with tarfile.open('photos.tar', 'w') as t:\n"
                             "    for line in open('val.txt').read().split()[1:]: t.add(line)\n")
                  .exit_code,
              0);
    const Outcome outcome = occlude(2, {"--data.archive", "photos.tar"});
    EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("photos.tar:val/kitchen/0000.png"), HasSubstr("no such member")));
    EXPECT_FALSE(std::filesystem::exists(output()));
}

TEST_F(DataForms, PhotosWithAnOrientationAreCountedOrTurned) {
    // Python writes the first photo again, turned by 90 degrees with the orientation that says so.
    const std::string code =
        "from PIL import Image\n"
        "p = 'val/kitchen/0000.png'\n"
        "im = Image.open(p).convert('RGB')\n"
        "exif = Image.Exif(); exif[0x0112] = 6\n"
        "im.transpose(Image.ROTATE_90).save(p, exif=exif)\n";
    ASSERT_EQ(run_fresh(1, {}).exit_code, 0);
    const Numbers upright = numbers();
    const Outcome turned = python_in_root(code);
    ASSERT_EQ(turned.exit_code, 0) << turned.output;
    const Outcome ignored = run_fresh(2, {});
    EXPECT_EQ(ignored.exit_code, 0) << ignored.output;
    EXPECT_THAT(ignored.output, AllOf(HasSubstr("1 of 6 photos have an EXIF orientation"), HasSubstr("data.exif")));
    const Outcome applied = run_fresh(2, {"--data.exif", "apply"});
    EXPECT_EQ(applied.exit_code, 0) << applied.output;
    EXPECT_THAT(applied.output, HasSubstr("1 of 6 photos are turned"));
    EXPECT_EQ(numbers().image, upright.image);
    EXPECT_EQ(numbers().variant, upright.variant);
}

}  // namespace
}  // namespace semscope
