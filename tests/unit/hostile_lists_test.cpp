// Lists and tables with mistakes or malice: every one is named with file and line, and none costs more than the file.
#include "semscope/core/errors.hpp"
#include "semscope/core/text.hpp"
#include "semscope/data/image_list.hpp"
#include "semscope/data/label_map.hpp"
#include "semscope/data/tables.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

namespace semscope::data {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::ThrowsMessage;

class HostileLists : public testing::Test {
  protected:
    std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }
    std::filesystem::path write(const std::string& name, const std::string& text) const {
        std::ofstream(path(name), std::ios::binary) << text;
        return path(name);
    }
    ImageList read(const std::string& text) const {
        return read_image_list(write("val.txt", text), SceneNames({"bedroom", "hut-inner"}), 0);
    }
    void expect_fault(const std::string& text, const std::string& place, const std::string& what) const {
        EXPECT_THAT([&] { read(text); }, ThrowsMessage<InputError>(AllOf(HasSubstr(place), HasSubstr(what))));
    }

  private:
    testing_support::TemporaryFolder folder_;
};

TEST_F(HostileLists, PathsThatLeaveTheirRootAreRefusedWithTheirLine) {
    expect_fault("# list\n/etc/bedroom/passwd\n", "val.txt:2", "absolute");
    expect_fault("bedroom/../../bedroom/a.jpg\n", "val.txt:1", "\"..\"");
    expect_fault("..\n", "val.txt:1", "\"..\"");
    expect_fault("bedroom/..\n", "val.txt:1", "names no file");
    EXPECT_EQ(read("x/../bedroom/a.jpg\n").scene(0), 0);
}

TEST_F(HostileLists, NamesThatAreNoUtf8OrMoveTheCursorAreRefusedWithTheirPlace) {
    expect_fault("bedroom/\xe9t\xe9.jpg\n", "val.txt:1", "is not UTF-8 (byte 9)");
    expect_fault("bedroom/a\x1b[2J.jpg\n", "val.txt:1", "control character (byte 10: 0x1b)");
    expect_fault(std::string("bedroom/a\0b.jpg\n", 16), "val.txt:1", "0x00");
    expect_fault("bedroom/" + std::string(4100, 'a') + "\n", "val.txt:1", "longer than 4096 bytes");
    EXPECT_EQ(read("bedroom/\xc3\xa9t\xc3\xa9.jpg\n").size(), 1U);
    // What is shown of them can neither forge a line nor clear the screen.
    EXPECT_THAT([&] { read("bedroom/a\x1b[2J.jpg\n"); }, ThrowsMessage<InputError>(HasSubstr("\\x1b[2J")));
}

TEST_F(HostileLists, AnImageThatStandsTwiceIsNamedWithBothLines) {
    expect_fault("# c\nbedroom/a.jpg\n\nbedroom/b.jpg\nbedroom/a.jpg 1\n", "val.txt:5", "already in line 2");
    const auto list = write("val.txt", "bedroom/a.jpg\nbedroom/b.jpg\nbedroom/a.jpg\n");
    EXPECT_EQ(read_image_list(list, SceneNames({"bedroom"}), 2).size(), 2U);  // not reached
    EXPECT_THAT([&] { read_image_paths(list, 0); }, ThrowsMessage<InputError>(HasSubstr("val.txt:3")));
}

TEST_F(HostileLists, ALineWithoutEndIsNotHeldInMemory) {
    const auto file = write("val.txt", "bedroom/a.jpg\n");
    std::filesystem::resize_file(file, std::uintmax_t{8} << 30);  // zeros, sparse
    EXPECT_THAT([&] { read_image_paths(file, 0); },
                ThrowsMessage<InputError>(AllOf(HasSubstr("val.txt:2"), HasSubstr("longer than 65536"))));
}

TEST_F(HostileLists, WhatIsNoFileIsNotWaitedFor) {
    ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
    for (const char* name : {"pipe", ".", "missing"}) EXPECT_THROW(read_image_paths(path(name), 0), InputError) << name;
    EXPECT_THROW(read("# nothing\n\n#\n"), InputError);
}

TEST_F(HostileLists, AFileOfAnotherKindEndsAfterAThousandProblems) {
    std::string text;
    for (int i = 0; i < 20000; ++i) text += "/absolute/" + std::to_string(i) + "\n";
    expect_fault(text, "1001 problems", "val.txt:1:");
}

TEST_F(HostileLists, LinesAreCutTheSameWhereverABlockEnds) {
    // Blocks of 256 KiB: lines of every length fall on their borders.
    std::string text;
    std::vector<std::string> expected;
    for (int i = 0; i < 40000; ++i) {
        expected.push_back("bedroom/" + std::string(static_cast<std::size_t>(i % 37), 'x') + std::to_string(i));
        text += expected.back() + (i % 3 == 0 ? "\r\n" : "\n");
    }
    const ImageList images = read("\xef\xbb\xbf" + text.substr(0, text.size() - 1));  // no end of line at the end
    ASSERT_EQ(images.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(images.path(i), expected[i]);
}

TEST_F(HostileLists, ScenesOfFoldersAreFoundWhateverTheSlashes) {
    const ImageList images = read("bedroom/1\nval//bedroom//2\nval/hut/inner/3\nx/hut//inner/4\n5\n");
    std::vector<std::int32_t> scenes;
    for (std::size_t i = 0; i < images.size(); ++i) scenes.push_back(images.scene(i));
    EXPECT_THAT(scenes, ElementsAre(0, 0, 1, 1, -1));
}

/// Path and scene of the first image of a list; scenes bedroom, hut-inner.
std::string first_of(const ImageList& images) {
    return std::string(images.path(0)) + "|" + std::to_string(images.scene(0));
}

TEST_F(HostileLists, FormsOfListsThatMeanOneThingAreTaken) {
    EXPECT_EQ(first_of(read("val/x.jpg,bedroom\n")), "val/x.jpg|0");
    EXPECT_EQ(first_of(read("\"val/x.jpg\",\"hut-inner\"\n")), "val/x.jpg|1");
    EXPECT_EQ(first_of(read("val/x.jpg;1\n")), "val/x.jpg|1");
    EXPECT_EQ(first_of(read("val/x.jpg, 1\n")), "val/x.jpg|1");
    EXPECT_EQ(first_of(read("bedroom/a, b.jpg\n")), "bedroom/a, b.jpg|0");
    EXPECT_EQ(first_of(read("val\\bedroom\\x.jpg\n")), "val/bedroom/x.jpg|0");
    EXPECT_EQ(first_of(read("/h/hut/inner/x.jpg 1\n")), "h/hut/inner/x.jpg|1");
    EXPECT_EQ(first_of(read("./#1.jpg bedroom\n")), "./#1.jpg|0");
    EXPECT_EQ(first_of(read("# bedroom/0.jpg\n#bedroom\n#\nbedroom/1.jpg\n")), "bedroom/1.jpg|0");
    EXPECT_EQ(first_of(read("x/my photo.JPG bedroom\n")), "x/my photo.JPG|0");
    const SceneNames scenes = read_scene_names(write("scenes.txt", "airport\nroute 66\nbeach\n"));
    EXPECT_EQ(scenes.find("route 66"), 1);
    EXPECT_EQ(read_scene_names(write("scenes.txt", "/a/airport 0\nroute 66 1\n")).find("route 66"), 1);
    EXPECT_EQ(first_of(read_image_list(write("val.txt", "val/x.jpg route 66\n"), scenes, 0)), "val/x.jpg|1");
    EXPECT_THAT(read_semantic_names(write("s.csv", "Idx,Name\n1,wall\n2,pool table\n")),
                ElementsAre("unlabelled", "wall", "pool table"));
    EXPECT_THAT(read_semantic_names(write("s.txt", "1 wall\n2 pool table\n")),
                ElementsAre("unlabelled", "wall", "pool table"));
}

TEST_F(HostileLists, FormsThatMayMeanAnotherThingAreNamedWithTheRemedy) {
    expect_fault("val/x.jpg 2\n", "val.txt:1", "2 scenes have 0 to 1; do they count from 1");
    expect_fault("val/x.jpg 365\n", "val.txt:1", "2 scenes have 0 to 1");
    expect_fault("bedroom/x.jpg 1\nbedroom/y.jpg 1\n", "val.txt",
                 "one more than its folder says; indices count from 0");
    expect_fault("bedroom/x.jpg\n#bedroom/1.jpg\n", "val.txt:2", "of such a name \"./#");
    expect_fault("path,scene\nval/x.jpg,bedroom\n", "val.txt:1", "heading of a table");
    expect_fault("C:\\photos\\bedroom\\x.jpg\n", "val.txt:1", "absolute path of Windows");
    expect_fault("/data/bedroom/x.jpg\n", "val.txt:1", "paths are relative to data.root");
    expect_fault("val/x.jpg,castle\n", "val.txt:1", "unknown scene");
    expect_fault(std::string("\xff\xfe"
                             "a\0/\0",
                             6),
                 "val.txt", "iconv -f UTF-16");
    expect_fault(std::string("a\0/\0b\0", 6), "val.txt", "iconv -f UTF-16");
    expect_fault("bedroom/a.jpg\nbedroom/./a.jpg\n", "val.txt:2", "already in line 1");
    expect_fault("bedroom/a.jpg\n./bedroom//a.jpg\n", "val.txt:2", "already in line 1");
    expect_fault("bedroom/" + std::string(226, 'a') + "\n", "val.txt:1", "name of 226 bytes");
    const auto scenes = [&](const std::string& text) { read_scene_names(write("scenes.txt", text)); };
    const auto refused = [&](const std::string& text, const std::string& word) {
        EXPECT_THAT([&] { scenes(text); }, ThrowsMessage<InputError>(AllOf(HasSubstr("scenes.txt"), HasSubstr(word))))
            << text;
    };
    refused("bedroom\n", "has one scene");
    refused("airport 1\nbeach 2\n", "index 1 where 0 was expected (they count from 0)");
    refused("airport 0\nbeach\n", "has no index, though others have; expected \"beach 1\"");
    refused("0,airport\n1,beach\n", "the index stands first");
    refused("beach\n" + std::string(201, 'a') + "\n", "longer than 200 bytes");
    EXPECT_THAT([&] { read_semantic_names(write("s.txt", "1\t" + std::string(201, 'a') + "\n")); },
                ThrowsMessage<InputError>(AllOf(HasSubstr("s.txt:1"), HasSubstr("longer than 200 bytes"))));
}

TEST_F(HostileLists, ASceneThatCannotNameAFolderIsRefused) {
    EXPECT_THAT([&] { read_scene_names(write("scenes.txt", "bedroom\n..\nx\x7fy\n")); },
                ThrowsMessage<InputError>(AllOf(HasSubstr("scenes.txt:2"), HasSubstr("cannot be the name of a file"),
                                                HasSubstr("scenes.txt:3"))));
}

TEST_F(HostileLists, SemanticNamesArePrintableAndAmbiguousOnesAreNotGuessed) {
    EXPECT_THAT([&] { read_semantic_names(write("s.txt", "1\twall\n2\tb\x1b[31med\n")); },
                ThrowsMessage<InputError>(AllOf(HasSubstr("s.txt:2"), HasSubstr("control character"))));
    const auto names = read_semantic_names(write("s.txt", "1\tscreen\n2\tbed\n3\tscreen\n"));  // ADE20K has two
    EXPECT_THAT([&] { read_label_mapping(write("map.txt", "0 bed\n1 screen\n"), names); },
                ThrowsMessage<InputError>(AllOf(HasSubstr("map.txt:2"), HasSubstr("give the index"))));
    EXPECT_THAT(read_label_mapping(write("map.txt", "0 bed\n1 3\n"), names), ElementsAre(2, 3));
}

TEST_F(HostileLists, ATableWithoutEndIsNotHeldInMemory) {
    std::string text;
    for (int i = 0; i < 200001; ++i) text += "x\n";
    EXPECT_THAT([&] { read_scene_names(write("scenes.txt", text)); },
                ThrowsMessage<InputError>(HasSubstr("more than 200000 lines")));
}

TEST(Text, IsShownWithoutControlCharactersAndBrokenBytes) {
    EXPECT_EQ(printable("caf\xc3\xa9"), "caf\xc3\xa9");
    EXPECT_EQ(printable("a\nb\x1b\xff\xc2\x9b"), "a\\x0ab\\x1b\\xff\\xc2\\x9b");  // 0x9b begins a command, too
    EXPECT_EQ(printable("a\nb", true), "a\nb");
    EXPECT_THAT(quote(std::string(5000, 'x')), AllOf(HasSubstr("(5000 bytes)"), Not(HasSubstr(std::string(300, 'x')))));
}

TEST(Text, Utf8IsJudgedAsUnicodeHasIt) {
    for (const char* good : {"a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"})
        EXPECT_THAT(problem_with_name(good), IsEmpty()) << good;
    for (const char* bad : {"\x80", "\xc0\xaf", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff"})
        EXPECT_THAT(problem_with_name(bad), HasSubstr("UTF-8")) << bad;
}

TEST(SimilarNames, OfAHugeNameAreNotSoughtInQuadraticTime) {
    const std::vector<std::string> candidates(300, std::string(30000, 'x'));
    EXPECT_THAT(similar_names(std::string(30000, 'y'), candidates, 3), IsEmpty());
}

}  // namespace
}  // namespace semscope::data
