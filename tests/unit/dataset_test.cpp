#include "data/exif.hpp"
#include "files_fixture.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/data/image.hpp"
#include "semscope/data/image_list.hpp"
#include "semscope/data/label_map.hpp"
#include "semscope/data/pictures.hpp"
#include "semscope/data/preprocess.hpp"
#include "semscope/data/tables.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>

namespace semscope::data {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

class Files : public FilesTest {};

TEST_F(Files, SceneNamesOfPlaces365BecomeFolderNames) {
    const SceneNames scenes = read_scene_names(
        write("scenes.txt", "\xef\xbb\xbf/a/airfield 0\r\n/a/apartment_building/outdoor 1\r\n\r\n/b/bedroom 2\n"));
    EXPECT_THAT(scenes.names(), ElementsAre("airfield", "apartment_building-outdoor", "bedroom"));
    EXPECT_EQ(scenes.find("bedroom"), 2);
    EXPECT_EQ(scenes.find("/a/apartment_building/outdoor"), 1);
    EXPECT_EQ(scenes.find("castle"), std::nullopt);
}

TEST_F(Files, SceneNamesWithGapsOrDoublesAreNamedWithTheirLines) {
    const auto file = write("scenes.txt", "/a/airfield 0\n/b/bar 2\n/a/airfield 2\n");
    EXPECT_THAT([&] { read_scene_names(file); },
                ThrowsMessage<InputError>(AllOf(HasSubstr("scenes.txt:2"), HasSubstr("scenes.txt:3"))));
}

TEST_F(Files, SemanticNamesTakeTheColumnHeadedName) {
    EXPECT_THAT(read_semantic_names(write("two.txt", "Idx\tName\n1\twall\n2\tpool table\n")),
                ElementsAre("unlabelled", "wall", "pool table"));
    EXPECT_THAT(read_semantic_names(write("five.txt", "Idx\tRatio\tTrain\tVal\tName\n1\t0.1\t1\t2\twall\n")),
                ElementsAre("unlabelled", "wall"));
    EXPECT_THAT(read_semantic_names(write("gap.txt", "1\twall\n3\tbed\n")),
                ElementsAre("unlabelled", "wall", unnamed_class(2), "bed"));
    EXPECT_THAT([&] { read_semantic_names(write("back.txt", "1\twall\n1\tbed\n")); },
                ThrowsMessage<InputError>(HasSubstr("back.txt:2")));
    EXPECT_THAT([&] { read_semantic_names(write("far.txt", "1\twall\n65535\tbed\n")); },
                ThrowsMessage<InputError>(AllOf(HasSubstr("far.txt:2"), HasSubstr("65534"))));
}

TEST_F(Files, TheImageListTakesTheSceneFromFolderOrColumn) {
    const SceneNames scenes({"bedroom", "apartment_building-outdoor"});
    const ImageList images =
        read_image_list(write("val.txt",
                              "# a comment\nval/bedroom/a.jpg\nval/apartment_building/outdoor/b.jpg\n"
                              "x/c d.jpg bedroom\nx/e.jpg\t1\nf.jpg\nx/g.jpg -1\n"),
                        scenes, 0);
    ASSERT_EQ(images.size(), 6U);
    EXPECT_EQ(images.path(2), "x/c d.jpg");
    std::vector<std::int32_t> found;
    for (std::size_t i = 0; i < images.size(); ++i) found.push_back(images.scene(i));
    EXPECT_THAT(found, ElementsAre(0, 1, 0, 1, -1, -1));
    EXPECT_EQ(read_image_list(path("val.txt"), scenes, 2).size(), 2U);
}

TEST_F(Files, EveryUnknownSceneOfTheListIsReported) {
    const auto list = write("val.txt", "val/castle/a.jpg\nval/bedroom/b.jpg\nval/cave/c.jpg\n");
    EXPECT_THAT([&] { read_image_list(list, SceneNames({"bedroom"}), 0); },
                ThrowsMessage<InputError>(AllOf(HasSubstr("val.txt:1"), HasSubstr("val.txt:3"))));
}

TEST_F(Files, PhotosComeAsRgbWhateverTheyAreStoredAs) {
    const cv::Mat colour(16, 16, CV_8UC3, cv::Scalar(10, 20, 30));  // B, G, R
    cv::imwrite(path("colour.png").string(), colour);
    EXPECT_EQ(read_photo(path("colour.png")).pixels[0], 30);
    EXPECT_EQ(read_photo(path("colour.png")).pixels[2], 10);
    cv::imwrite(path("grey.jpg").string(), cv::Mat(16, 16, CV_8UC1, cv::Scalar(77)));
    const Image grey = read_photo(path("grey.jpg"));
    EXPECT_EQ(grey.channels, 3);
    EXPECT_EQ(grey.pixels.size(), 16U * 16 * 3);
    EXPECT_EQ(grey.pixels[0], grey.pixels[2]);
    EXPECT_EQ(read_image_size(path("grey.jpg")), (ImageSize{16, 16}));
    EXPECT_EQ(read_image_size(path("colour.png")), (ImageSize{16, 16}));
}

TEST_F(Files, ATruncatedJpegIsAnErrorAndNotAGreyPicture) {
    cv::Mat noise(64, 64, CV_8UC3);
    cv::randu(noise, 0, 255);
    cv::imwrite(path("photo.jpg").string(), noise);
    std::filesystem::resize_file(path("photo.jpg"), std::filesystem::file_size(path("photo.jpg")) / 2);
    EXPECT_EQ(read_image_size(path("photo.jpg")), (ImageSize{64, 64}));
    EXPECT_THAT([&] { read_photo(path("photo.jpg")); },
                ThrowsMessage<InputError>(AllOf(HasSubstr("photo.jpg"), HasSubstr("truncated"))));
}

TEST_F(Files, TheExifOrientationIsIgnored) {
    // A JPEG of 8x24 pixels with an EXIF block that says "rotate by 90 degrees" put behind the start marker.
    std::vector<unsigned char> bytes;
    cv::imencode(".jpg", cv::Mat(24, 8, CV_8UC3, cv::Scalar(1, 2, 3)), bytes);
    const std::string exif(
        "\xff\xe1\x00\x22"
        "Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0",
        36);
    const auto file = write("turned.jpg", std::string(bytes.begin(), bytes.begin() + 2) + exif +
                                              std::string(bytes.begin() + 2, bytes.end()));
    EXPECT_EQ(read_photo(file).size, (ImageSize{8, 24}));
    EXPECT_EQ(read_image_size(file), (ImageSize{8, 24}));
    const FolderTree tree(path(""));
    EXPECT_EQ(read_photo_header(tree, "turned.jpg").orientation, 6);
    EXPECT_EQ(read_photo_header(tree, "turned.jpg", ExifOrientation::apply).size, (ImageSize{24, 8}));
    EXPECT_EQ(read_photo(tree, "turned.jpg", ExifOrientation::apply).size, (ImageSize{24, 8}));
}

TEST(Orientation, TurnsAndMirrorsAsExifSays) {
    // Two columns, three rows: a b / c d / e f.
    const auto turned = [](int orientation) {
        Image image{{2, 3}, 3, {}};
        for (const char letter : std::string("abcdef"))
            image.pixels.insert(image.pixels.end(), 3, static_cast<std::uint8_t>(letter));
        const Image out = orient(image, orientation);
        std::string text = std::to_string(out.size.width) + ":";
        for (std::size_t i = 0; i < out.pixels.size(); i += 3) text += static_cast<char>(out.pixels[i]);
        return text;
    };
    // By hand, for Pillow's FLIP_LEFT_RIGHT, ROTATE_180, FLIP_TOP_BOTTOM, TRANSPOSE, ROTATE_270, TRANSVERSE,
    // ROTATE_90.
    const std::array expected{"2:abcdef", "2:badcfe", "2:fedcba", "2:efcdab",
                              "3:acebdf", "3:ecafdb", "3:fdbeca", "3:bdface"};
    for (int orientation = 1; orientation <= 8; ++orientation)
        EXPECT_EQ(turned(orientation), expected[static_cast<std::size_t>(orientation - 1)]) << orientation;
}

TEST(CentreCrop, IsTorchvisionsResizeAndCenterCrop) {
    // Expected: torchvision.transforms.Resize(256), CenterCrop(224) on images of these sizes.
    const auto at = [](int width, int height, Geometry geometry = {256, 224}) {
        const CentreCrop p = centre_crop(geometry, {width, height});
        return std::array{p.resized.width, p.resized.height, p.left, p.top};
    };
    EXPECT_THAT(at(640, 480), ElementsAre(341, 256, 58, 16));  // 117 / 2 = 58.5 rounds to the even 58
    EXPECT_THAT(at(480, 641), ElementsAre(256, 341, 16, 58));
    EXPECT_THAT(at(256, 256), ElementsAre(256, 256, 16, 16));
    EXPECT_THAT(at(227, 225, {0, 224}), ElementsAre(227, 225, 2, 0));  // 1.5 rounds to 2, 0.5 to 0
    EXPECT_THAT(at(640, 480, {Resize(ImageSize{300, 256}), 224}), ElementsAre(300, 256, 38, 16));
    EXPECT_THROW(centre_crop({0, 224}, {223, 500}), InputError);
    EXPECT_THROW(centre_crop({Resize(ImageSize{300, 223}), 224}, {640, 480}), InputError);
}

TEST(Resize, IsWrittenAsASideOrAsWidthAndHeight) {
    EXPECT_EQ(to_resize("256"), Resize(256));
    EXPECT_EQ(to_resize("0"), Resize(0));
    EXPECT_EQ(to_resize("320x240"), Resize(ImageSize{320, 240}));
    EXPECT_EQ(to_string(Resize(ImageSize{320, 240})), "320x240");
    for (const char* wrong : {"", "x", "-1", "256x", "x256", "0x256", "256x256x3", "16385", "2e2", " 256", "256 "})
        EXPECT_FALSE(to_resize(wrong)) << wrong;
}

TEST(Resize, OfTheSameSizeKeepsEveryPixel) {
    Image image{{5, 4}, 3, {}};
    for (int i = 0; i < 60; ++i) image.pixels.push_back(static_cast<std::uint8_t>(4 * i));
    EXPECT_EQ(resize_and_crop({4, 4}, image).pixels.size(), 48U);
    const Image crop = resize_and_crop({0, 4}, image);
    EXPECT_EQ(crop.pixels[0], image.pixels[0]);  // (5 - 4) / 2 = 0.5 rounds to 0
}

TEST(Resize, AveragesWhenItShrinks) {
    // Two to one: the triangle filter weighs 4 inputs 1/8 3/8 3/8 1/8, cut off at the border and renormalised.
    const Image image{{4, 4}, 1, {0, 0, 80, 80, 0, 0, 80, 80, 0, 0, 80, 80, 0, 0, 80, 80}};
    const Image half = resize_and_crop({2, 2}, image);
    EXPECT_THAT(half.pixels, ElementsAre(11, 69, 11, 69));  // 80/7 = 11.43, 80 x 6/7 = 68.57
}

TEST(Encode, GivesTheBytesOfOpenCv) {
    cv::Mat bgr(20, 30, CV_8UC3);
    cv::randu(bgr, 0, 255);
    Image rgb{{30, 20}, 3, {}};
    for (int i = 0; i < 600; ++i)
        for (int c = 2; c >= 0; --c) rgb.pixels.push_back(bgr.at<cv::Vec3b>(i / 30, i % 30)[c]);
    std::vector<unsigned char> bytes;
    cv::imencode(".png", bgr, bytes);
    EXPECT_EQ(encode_png(rgb), std::string(bytes.begin(), bytes.end()));
    cv::imencode(".jpg", bgr, bytes, {cv::IMWRITE_JPEG_QUALITY, 93});
    EXPECT_EQ(encode_jpeg(rgb, 93), std::string(bytes.begin(), bytes.end()));
}

}  // namespace
}  // namespace semscope::data
