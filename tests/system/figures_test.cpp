// The drawing programs on real result files: pictures follow from the numbers, whatever the ranks; nothing is
// overwritten or guessed.
#include "python_checks.hpp"
#include "reduce_fixture.hpp"

#include <algorithm>
#include <map>

namespace semscope {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Figures : public ReduceTest {
  protected:
    /// A tiny data set with its result files. The list's 23 images leave the scene "street" partly missed.
    void SetUp() override {
        make_data(testing_support::varied_tiny_images(23));
        ASSERT_EQ(occlude(2).exit_code, 0);
        ASSERT_EQ(reduce(2, statistics()).exit_code, 0);
    }

    fs::path figures(const std::string& name = "figures") const { return folder() / name; }

    std::vector<std::string> words(const std::string& program, const fs::path& to,
                                   const std::vector<std::string>& more) const {
        std::vector<std::string> command{
            bin + "/" + program,   "--output.occlusion", output().string(), "--output.statistics",
            statistics().string(), "--output.figures",   to.string()};
        command.insert(command.end(), more.begin(), more.end());
        return command;
    }

    Outcome sdm(int ranks, const fs::path& to, const std::vector<std::string>& more = {}) const {
        return testing_support::run_ranks(ranks, words("semscope-sdm", to, more));
    }
    Outcome draw(const std::string& program, const fs::path& to, const std::vector<std::string>& more = {}) const {
        return testing_support::run_program(words(program, to, more));
    }

    void expect_python_agrees(const fs::path& to, const std::string& scale = "image",
                              const std::vector<std::string>& more = {}) const {
        std::vector<std::string> words{"--occlusion",  output().string(),
                                       "--statistics", statistics().string(),
                                       "--data",       root().string(),
                                       "--figures",    to.string(),
                                       "--resize",     "0",
                                       "--crop",       "24",
                                       "--scale",      scale};
        words.insert(words.end(), more.begin(), more.end());
        const Outcome outcome = run_python("check_figures.py", words);
        EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    }

    /// All files below a folder with their bytes.
    static std::map<std::string, std::string> tree(const fs::path& top) {
        std::map<std::string, std::string> files;
        if (fs::exists(top))
            for (const auto& entry : fs::recursive_directory_iterator(top))
                if (entry.is_regular_file())
                    files[entry.path().lexically_relative(top).string()] = content(entry.path());
        return files;
    }
};

TEST_F(Figures, PicturesFollowFromTheNumbersAndNotFromTheRanks) {
    for (const int ranks : {1, 3}) {
        const fs::path to = figures(std::to_string(ranks));
        const Outcome maps = sdm(ranks, to);
        ASSERT_EQ(maps.exit_code, 0) << maps.output;
        for (const char* program : {"semscope-boxplot", "semscope-wordcloud"}) {
            const Outcome outcome = draw(program, to);
            ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
        }
        expect_python_agrees(to);
    }
    EXPECT_EQ(tree(figures("1")), tree(figures("3")));
}

TEST_F(Figures, MapsOfASceneShareTheirScaleWhenAskedTo) {
    ASSERT_EQ(sdm(2, figures(), {"--figures.scale", "scene"}).exit_code, 0);
    expect_python_agrees(figures(), "scene");
}

TEST_F(Figures, SymmetricMapsHaveZeroInTheMiddle) {
    ASSERT_EQ(sdm(2, figures(), {"--figures.scale", "symmetric"}).exit_code, 0);
    expect_python_agrees(figures(), "symmetric");
}

TEST_F(Figures, WholeMapsFixedRangesWidthsAndSheetsFollowFromTheNumbers) {
    ASSERT_EQ(occlude(2, {"--preprocess.crop", "10", "--output.overwrite", "true"}).exit_code, 0);
    ASSERT_EQ(reduce(2, statistics(), {"--output.overwrite", "true"}).exit_code, 0);
    const std::vector<std::string> whole{"--crop", "10", "--area", "full"};
    ASSERT_EQ(sdm(2, figures("all"), {"--figures.area", "full", "--figures.scale", "all"}).exit_code, 0);
    expect_python_agrees(figures("all"), "all", whole);
    // 100 points at 72 dpi: 100 pixels.
    ASSERT_EQ(sdm(1, figures("wide"), {"--figures.range", "-0.1,0.05", "--figures.width", "100", "--figures.dpi", "72"})
                  .exit_code,
              0);
    expect_python_agrees(figures("wide"), "image", {"--crop", "10", "--range", "-0.1", "0.05", "--width", "100"});
    const std::string scenes = "kitchen,bedroom";
    for (const int ranks : {1, 2}) {
        const fs::path to = figures("sheet" + std::to_string(ranks));
        const Outcome outcome = sdm(ranks, to, {"--figures.area", "full", "--figures.sheet", scenes});
        ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    }
    const Outcome refused = sdm(2, figures("sheet3"), {"--figures.sheet", "kitchen,street"});
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.output, HasSubstr("figures.sheet: no image is predicted as street"));
    EXPECT_EQ(tree(figures("sheet1")), tree(figures("sheet2")));
    EXPECT_EQ(tree(figures("sheet1")).size(), 3U);
    expect_python_agrees(figures("sheet1"), "image", {"--crop", "10", "--area", "full", "--sheet", scenes});
}

TEST_F(Figures, ASceneFigureHoldsPhotosBoxesAndWordsOnAnyNumberOfRanks) {
    for (const int ranks : {1, 3}) {
        const Outcome outcome = testing_support::run_ranks(
            ranks, words("semscope-scene", figures(std::to_string(ranks)), {"--figures.photos", "2"}));
        ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    }
    EXPECT_EQ(tree(figures("1")), tree(figures("3")));
    ASSERT_EQ(draw("semscope-boxplot", figures("alone")).exit_code, 0);
    const auto boxes_of = [](const std::string& svg) {
        std::vector<std::string> means;
        for (std::size_t at = svg.find(" data-mean="); at != std::string::npos; at = svg.find(" data-mean=", at + 1))
            means.push_back(svg.substr(at, svg.find('"', at + 12) - at));
        return means;
    };
    std::size_t figures_met = 0;
    for (const auto& [name, bytes] : tree(figures("1"))) {
        if (!name.ends_with(".svg")) continue;
        ++figures_met;
        EXPECT_THAT(bytes, AllOf(HasSubstr("class=\"photo\""), HasSubstr("class=\"word\"")));
        const auto alone = figures("alone") / "boxplot" / fs::path(name).filename();
        if (fs::exists(alone)) {
            EXPECT_EQ(boxes_of(bytes), boxes_of(content(alone))) << name;
        }
    }
    EXPECT_GE(figures_met, 1U);
    const Outcome again = draw("semscope-scene", figures("1"));
    EXPECT_EQ(again.exit_code, 2);
    EXPECT_THAT(again.output, HasSubstr("output.overwrite"));
}

TEST_F(Figures, PdfFilesOpenAndCarryTheirFonts) {
    ASSERT_EQ(draw("semscope-boxplot", figures()).exit_code, 0);
    ASSERT_EQ(draw("semscope-wordcloud", figures()).exit_code, 0);
    ASSERT_EQ(sdm(1, figures(), {"--figures.formats", "pdf", "--figures.limit", "1"}).exit_code, 0);
    std::size_t count = 0;
    for (const auto& [name, bytes] : tree(figures())) {
        if (!name.ends_with(".pdf")) continue;
        const std::string file = (figures() / name).string();
        EXPECT_EQ(testing_support::run_program({"pdftoppm", "-r", "20", file, (folder() / "page").string()}).output,
                  "");
        const Outcome fonts = testing_support::run_program({"pdffonts", file});
        // Columns: name, type, encoding, emb(edded), sub(set), uni(code).
        EXPECT_THAT(fonts.output, AllOf(HasSubstr("DejaVuSans"), HasSubstr("yes yes"), Not(HasSubstr(" no "))));
        ++count;
    }
    EXPECT_GE(count, 4U);
}

TEST_F(Figures, SelectionTakesScenesImagesAndFirstOnes) {
    ASSERT_EQ(sdm(2, figures("one"), {"--figures.image", "0003, val/bedroom/0004.png"}).exit_code, 0);
    for (const auto& [name, bytes] : tree(figures("one")))
        EXPECT_TRUE(name.find("/0003.") != name.npos || name.find("/0004.") != name.npos) << name;
    ASSERT_EQ(sdm(2, figures("few"), {"--figures.limit", "1"}).exit_code, 0);
    std::map<std::string, int> maps;
    for (const auto& [name, bytes] : tree(figures("few")))
        if (!name.ends_with(".panel.png")) ++maps[fs::path(name).parent_path()];
    EXPECT_FALSE(maps.empty());
    for (const auto& [set, count] : maps) EXPECT_EQ(count, 1) << set;
    const std::string scene = fs::path(maps.begin()->first).parent_path().filename();
    ASSERT_EQ(
        draw("semscope-wordcloud", figures("scene"), {"--figures.scene", scene, "--figures.formats", "svg"}).exit_code,
        0);
    for (const auto& [name, bytes] : tree(figures("scene")))
        EXPECT_THAT(name, testing::AnyOf("wordcloud/" + scene + ".svg", "wordcloud/" + scene + ".json"));
}

TEST_F(Figures, NothingIsReplacedUnlessAskedTo) {
    const auto run_all = [&](const std::vector<std::string>& more) {
        return std::vector<Outcome>{sdm(3, figures(), more), draw("semscope-boxplot", figures(), more),
                                    draw("semscope-wordcloud", figures(), more)};
    };
    for (const Outcome& outcome : run_all({})) ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    const auto before = tree(figures());
    for (const Outcome& outcome : run_all({"--figures.scale", "scene"})) {
        EXPECT_EQ(outcome.exit_code, 2);
        EXPECT_THAT(outcome.output, AllOf(HasSubstr("picture exists"), HasSubstr("output.overwrite")));
    }
    EXPECT_EQ(tree(figures()), before);
    for (const Outcome& outcome : run_all({"--output.overwrite"})) EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_EQ(tree(figures()), before);
}

TEST_F(Figures, FilesThatDoNotBelongTogetherAreRefused) {
    fs::rename(output(), folder() / "first.h5");
    ASSERT_EQ(occlude(1, {"--occlusion.fill", "black"}).exit_code, 0);
    for (const Outcome& outcome :
         {sdm(3, figures()), draw("semscope-boxplot", figures()), draw("semscope-wordcloud", figures())}) {
        EXPECT_EQ(outcome.exit_code, 2);
        EXPECT_THAT(outcome.output, AllOf(HasSubstr(statistics().string()), HasSubstr("was not made from"),
                                          HasSubstr(output().string())));
    }
    EXPECT_TRUE(tree(figures()).empty());
}

TEST_F(Figures, UnknownNamesAreAnsweredWithTheNearest) {
    for (const Outcome& outcome : {sdm(3, figures(), {"--figures.scene", "kitchin,nowhere"}),
                                   draw("semscope-boxplot", figures(), {"--figures.scene", "kitchin,nowhere"})}) {
        EXPECT_EQ(outcome.exit_code, 2);
        EXPECT_THAT(outcome.output,
                    AllOf(HasSubstr("no scene \"kitchin\"; nearest: kitchen"), HasSubstr("no scene \"nowhere\"")));
    }
    const Outcome image = sdm(2, figures(), {"--figures.image", "0099"});
    EXPECT_EQ(image.exit_code, 2);
    EXPECT_THAT(image.output, AllOf(HasSubstr("no image \"0099\""), HasSubstr("nearest: 0009")));
}

TEST_F(Figures, AFolderThatCannotBeWrittenIsNamedBeforeAnyWork) {
    for (const Outcome& outcome : {sdm(3, model() / "below"), draw("semscope-boxplot", model() / "below"),
                                   draw("semscope-wordcloud", model() / "below")}) {
        EXPECT_EQ(outcome.exit_code, 2);
        EXPECT_THAT(outcome.output, AllOf(HasSubstr("model.ts/below"), HasSubstr("cannot be made")));
    }
}

TEST_F(Figures, UnknownFormatsAndFontsAreRefused) {
    EXPECT_THAT(draw("semscope-boxplot", figures(), {"--figures.formats", "png,gif"}).output, HasSubstr("\"gif\""));
    const Outcome font = draw("semscope-wordcloud", figures(), {"--figures.font", "Sans That Nobody Has"});
    EXPECT_EQ(font.exit_code, 2);
    EXPECT_THAT(font.output, HasSubstr("\"Sans That Nobody Has\" is not installed"));
}

TEST_F(Figures, APhotoThatIsGoneLeavesTheMapAndAPanelThatSaysSo) {
    ASSERT_EQ(sdm(2, figures("before"), {"--figures.formats", "svg"}).exit_code, 0);
    fs::remove(root() / "val/bedroom/0001.png");
    const Outcome outcome = sdm(2, figures("after"), {"--figures.formats", "svg"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("panels without photo: 1"), HasSubstr("val/bedroom/0001.png")));
    auto before = tree(figures("before"));
    std::size_t differing = 0;
    for (const auto& [name, bytes] : tree(figures("after"))) {
        if (bytes == before[name]) continue;
        EXPECT_THAT(name, HasSubstr("0001.panel.svg"));
        EXPECT_THAT(bytes, HasSubstr("photo not found"));
        ++differing;
    }
    EXPECT_GE(differing, 1U);
}

TEST_F(Figures, ALabelMapThatIsGoneOrChangedCostsItsMapAlone) {
    ASSERT_EQ(sdm(2, figures("before")).exit_code, 0);
    const fs::path labels = root() / "noisy_annotations_RGB/val";
    fs::remove(labels / "bedroom/0001.png");
    const Outcome gone = sdm(2, figures("gone"));
    EXPECT_EQ(gone.exit_code, 3);
    EXPECT_THAT(gone.output, AllOf(HasSubstr("no map without its label map: 1"), HasSubstr("bedroom/0001.png")));
    fs::copy_file(labels / "kitchen/0003.png", labels / "kitchen/0000.png", fs::copy_options::overwrite_existing);
    const Outcome changed = sdm(2, figures("changed"));
    EXPECT_EQ(changed.exit_code, 2);
    EXPECT_THAT(changed.output, AllOf(HasSubstr("kitchen/0000.png"), HasSubstr("has changed")));
    const auto before = tree(figures("before")), after = tree(figures("changed"));
    EXPECT_LT(after.size(), before.size());
    for (const auto& [name, bytes] : after) EXPECT_EQ(bytes, before.at(name)) << name;
}

TEST_F(Figures, LabelsAreReadAsTheRunReadThem) {
    const Outcome outcome = sdm(2, figures(), {"--labels.offset", "0"});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("labels.offset = 0 (the command line)"), HasSubstr("was made with 1")));
}

TEST_F(Figures, DataThatHaveMovedAreFoundByDataRootAlone) {
    ASSERT_EQ(sdm(1, figures("before")).exit_code, 0);
    fs::rename(root(), folder() / "moved");
    const Outcome outcome = sdm(2, figures("after"), {"--data.root", (folder() / "moved").string()});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_EQ(tree(figures("after")), tree(figures("before")));
}

TEST_F(Figures, AFullDiskLeavesNoHalfPicture) {
    // A file-size limit acts like a full disk: what is longer cannot be written.
    std::string command;
    for (const std::string& word : words("semscope-boxplot", figures(), {"--figures.formats", "png"}))
        command += "'" + word + "' ";
    const Outcome outcome = testing_support::run_program({"bash", "-c", "trap '' XFSZ; ulimit -f 1; " + command});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_THAT(outcome.output, HasSubstr((figures() / "boxplot").string()));
    EXPECT_TRUE(tree(figures()).empty());
}

/// Statistics of made-up numbers: its last scene but one is never recognised.
class FiguresOfStatistics : public ReduceTest {};

TEST_F(FiguresOfStatistics, ASceneWithoutDataIsNamedAndNotDrawn) {
    make_occlusion();
    ASSERT_EQ(reduce(2, statistics()).exit_code, 0);
    for (const char* program : {"semscope-boxplot", "semscope-wordcloud"}) {
        const Outcome outcome = testing_support::run_program(
            {bin + "/" + program, "--output.statistics", statistics().string(), "--output.occlusion", output().string(),
             "--output.figures", (folder() / "figures").string()});
        ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
        EXPECT_THAT(outcome.output, AllOf(HasSubstr("without"), HasSubstr("scene 1")));
    }
    EXPECT_FALSE(fs::exists(folder() / "figures/boxplot/scene 1.png"));
    EXPECT_TRUE(fs::exists(folder() / "figures/boxplot/scene 2.png"));
}

TEST_F(FiguresOfStatistics, DistractorsHaveACloudOfTheirOwn) {
    make_occlusion();
    ASSERT_EQ(reduce(2, statistics()).exit_code, 0);
    const Outcome outcome = testing_support::run_program(
        {bin + "/semscope-wordcloud", "--output.statistics", statistics().string(), "--output.occlusion",
         output().string(), "--output.figures", (folder() / "figures").string(), "--figures.set", "distracting",
         "--figures.scene", "scene 2", "--figures.formats", "svg"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    const std::string json = content(folder() / "figures/wordcloud/scene 2.distracting.json");
    // The classes are those that the file counts flips of in the missed images, or whose mean is low enough.
    const Outcome agreed = testing_support::run_program(
        {python, "-c",
         "import h5py, json, sys, numpy as np\n"
         "f = h5py.File(sys.argv[1]); c = json.load(open(sys.argv[2]))\n"
         "flip, mean = f['distractor/flip'][2], f['deviation/correct/mean'][2]\n"
         "t = f['relevance'].attrs['distracting']\n"
         "value = np.maximum(flip / f['distractor/images'][2], np.where(mean < -t, -mean, 0))\n"
         "words = {w['semantic']: w['weight'] for w in c['words'] + c['unplaced']}\n"
         "assert sorted(words) == list(np.flatnonzero(value > 0)), (words, value)\n"
         "heaviest = max(words, key=lambda s: (words[s], value[s]))\n"
         "assert value[heaviest] == value.max()\n",
         statistics().string(), (folder() / "figures/wordcloud/scene 2.distracting.json").string()});
    EXPECT_EQ(agreed.exit_code, 0) << agreed.output << json;
}

}  // namespace
}  // namespace semscope
