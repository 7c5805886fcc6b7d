#include "figure_support.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/figures/picture.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

// Fontconfig keeps its caches to the end of the process, which the leak sanitizer takes for a leak.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig"; }

namespace semscope::figures {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string awkward = "Ünïcode <&> \"quoted\" \x01 \xff end";

Picture sample() {
    return {{200, 100}, awkward, [](Canvas& canvas) {
                const Group group(canvas, {"thing", awkward, {{"value", exact(0.1)}, {"name", awkward}}});
                canvas.rectangle({10, 10, 50, 30}, {.fill = Rgb{200, 0, 0}, .outline = Pen{}});
                canvas.line({0, 0}, {200, 100}, {.dash = {2, 3}});
                canvas.circle({100, 50}, 20, {.outline = Pen{}});
                canvas.polygon({{150, 20}, {170, 40}, {150, 60}}, {.fill = Rgb{0, 0, 200}});
                canvas.image({150, 0, 40, 20}, {{2, 1}, 3, {255, 0, 0, 0, 255, 0}}, Sampling::nearest);
                canvas.text({100, 90}, awkward, {.anchor = Anchor::middle, .rotation = 30, .halo = white});
            }};
}

/// A folder of its own that is removed at the end.
class FolderTest : public testing::Test {
  protected:
    void SetUp() override { fs::create_directories(folder_); }
    void TearDown() override { fs::remove_all(folder_); }
    static std::string content(const fs::path& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    fs::path folder_ = fs::temp_directory_path() / ("semscope-figure-" + std::to_string(::getpid()) + "-" +
                                                    testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST(Canvas, EqualPicturesGiveEqualBytes) {
    for (const Format format : {Format::png, Format::svg, Format::pdf})
        EXPECT_EQ(render(sample(), format), render(sample(), format)) << name_of(format);
}

TEST(Canvas, PdfHasEmbeddedFontsAndNoDate) {
    const std::string pdf = render(sample(), Format::pdf);
    EXPECT_THAT(pdf, AllOf(HasSubstr("%PDF-"), HasSubstr("/FontFile"), Not(HasSubstr("CreationDate"))));
}

TEST(Canvas, SvgIsWellFormedWithRealTextAndData) {
    const Xml svg = parse_xml(render(sample(), Format::svg));
    const Xml group = elements(svg, "g", "thing").at(0);
    EXPECT_EQ(attribute(group, "data-value"), "0.1");
    EXPECT_EQ(attribute(group, "data-name"), printable(awkward));
    EXPECT_EQ(group.get<std::string>("title"), printable(awkward));
    const Xml text = elements(svg, "text").at(0);
    EXPECT_EQ(text.data(), printable(awkward));
    EXPECT_THAT(attribute(text, "font-family"), HasSubstr("DejaVu Sans"));
    EXPECT_NEAR(number(text, "textLength"), measure(awkward, {}).width, 0.001);
}

TEST(Canvas, PngHasTheSizeOfItsResolution) {
    const data::Image image = decode_png(render(sample(), Format::png, 72));
    EXPECT_EQ(image.width(), 200U);
    EXPECT_EQ(image.height(), 100U);
    EXPECT_EQ(colour_at(image, 30, 20), (Rgb{200, 0, 0}));
    EXPECT_EQ(colour_at(image, 155, 10), (Rgb{255, 0, 0}));  // enlarged without blending
    EXPECT_EQ(colour_at(image, 185, 10), (Rgb{0, 255, 0}));
    EXPECT_EQ(colour_at(image, 2, 95), white);
    EXPECT_EQ(decode_png(render(sample(), Format::png, 300)).width(), 834U);
    EXPECT_THROW(render(sample(), Format::png, 0), UsageError);
}

TEST(Text, MeasuresWhatIsDrawn) {
    const Font font{std::string(default_font), 30, false};
    const TextExtents extents = measure("Hygge", font);
    const data::Image image = decode_png(render({{150, 60},
                                                 "",
                                                 [&](Canvas& canvas) {
                                                     canvas.text({10, 40}, "Hygge", {.font = font});
                                                 }},
                                                Format::png, 144));
    std::size_t left = image.width(), right = 0;
    for (std::size_t y = 0; y < image.height(); ++y)
        for (std::size_t x = 0; x < image.width(); ++x)
            if (colour_at(image, x, y) != white) {
                left = std::min(left, x);
                right = std::max(right, x + 1);
            }
    EXPECT_NEAR(static_cast<double>(left) / 2, 10 + extents.ink.x, 0.6);
    EXPECT_NEAR(static_cast<double>(right) / 2, 10 + extents.ink.right(), 0.6);
}

TEST(Text, IsMadePrintable) {
    EXPECT_EQ(printable("a\nb\x7f"), "a b ");
    EXPECT_EQ(printable("\xc0\x80"), "\uFFFD\uFFFD");            // overlong
    EXPECT_EQ(printable("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD");  // a surrogate
    EXPECT_EQ(printable("ab\xe2\x82"), "ab\uFFFD\uFFFD");        // cut short
    EXPECT_EQ(printable("née ☃ 𝄞"), "née ☃ 𝄞");
}

TEST(Text, NamesAreShortened) {
    EXPECT_EQ(short_name("windowpane, window "), "windowpane");
    EXPECT_EQ(short_name("night stand"), "night stand");
    EXPECT_EQ(short_name(", x"), ", x");
    EXPECT_EQ(shorten("short", {}, 100), "short");
    EXPECT_LE(measure(shorten("a very long name indeed", {}, 40), {}).width, 40);
}

TEST(Text, IsBrokenIntoLines) {
    const std::vector<std::string> lines = wrap("one two three four five", {}, 60);
    EXPECT_GT(lines.size(), 1U);
    for (const std::string& line : lines) EXPECT_LE(measure(line, {}).width, 60);
}

TEST(Text, AMissingFontIsNoticed) {
    EXPECT_EQ(installed_family("DejaVu Sans"), "DejaVu Sans");
    EXPECT_NE(installed_family("No Such Font At All"), "No Such Font At All");
}

TEST_F(FolderTest, PicturesAreWrittenInOneStepWithFolders) {
    const fs::path path = folder_ / "a" / "b" / "picture.svg";
    save(sample(), path, Overwrite::no);
    EXPECT_EQ(content(path), render(sample(), Format::svg));
    EXPECT_EQ(std::distance(fs::directory_iterator(path.parent_path()), {}), 1);  // no temporary file is left
}

TEST_F(FolderTest, ExistingPicturesAreReplacedOnlyWhenAsked) {
    const fs::path path = folder_ / "picture.pdf";
    save(sample(), path, Overwrite::no);
    try {
        write_file(path, "new", Overwrite::no);
        FAIL() << "no error";
    } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), HasSubstr(path.string()));
    }
    EXPECT_EQ(content(path), render(sample(), Format::pdf));
    write_file(path, "new", Overwrite::yes);
    EXPECT_EQ(content(path), "new");
}

TEST_F(FolderTest, WhatCannotBeWrittenIsAnErrorWithThePath) {
    write_file(folder_ / "file", "x", Overwrite::no);
    const fs::path below_a_file = folder_ / "file" / "picture.png";
    try {
        save(sample(), below_a_file, Overwrite::yes);
        FAIL() << "no error";
    } catch (const IoError& error) {
        EXPECT_THAT(error.what(), HasSubstr(below_a_file.string()));
    }
    fs::create_directories(folder_ / "folder.png" / "inside");
    EXPECT_THROW(save(sample(), folder_ / "folder.png", Overwrite::yes), IoError);
    EXPECT_THROW(save(sample(), folder_ / "picture.gif", Overwrite::yes), UsageError);
    EXPECT_THROW(write_file("/proc/picture.png", "x", Overwrite::yes), IoError);
}

}  // namespace
}  // namespace semscope::figures
