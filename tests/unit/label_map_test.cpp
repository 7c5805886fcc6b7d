// Label maps of all encodings become the classes that they mean.
#include "semscope/data/label_map.hpp"
#include "files_fixture.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/data/image.hpp"
#include "semscope/data/image_list.hpp"
#include "semscope/data/pictures.hpp"
#include "semscope/data/preprocess.hpp"
#include "semscope/data/tables.hpp"
#include "support/numbered_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>

namespace semscope::data {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

class LabelFiles : public FilesTest {};

TEST_F(LabelFiles, LabelsAreDecodedFromTheirChannelWithOffsetModulo256) {
    // OpenCV writes B, G, R: blue holds 0, 254 and 255.
    cv::Mat stored(1, 3, CV_8UC3);
    stored.at<cv::Vec3b>(0, 0) = {0, 7, 9};
    stored.at<cv::Vec3b>(0, 1) = {254, 7, 9};
    stored.at<cv::Vec3b>(0, 2) = {255, 7, 9};
    cv::imwrite(path("label.png").string(), stored);
    EXPECT_THAT(read_label_map(path("label.png"),
                               LabelDecoder({LabelChannel::blue, 1, 0}, testing_support::numbered_names(256)))
                    .labels,
                ElementsAre(1, 255, 0));
    EXPECT_THAT(read_label_map(path("label.png"),
                               LabelDecoder({LabelChannel::green, 1, 0}, testing_support::numbered_names(256)))
                    .labels,
                ElementsAre(8, 8, 8));
    EXPECT_THAT(
        read_label_map(path("label.png"), LabelDecoder({LabelChannel::red, 0, 9}, testing_support::numbered_names(256)))
            .labels,
        ElementsAre(0, 0, 0));
    EXPECT_THAT(
        [&] {
            read_label_map(path("label.png"),
                           LabelDecoder({LabelChannel::gray, 1, 0}, testing_support::numbered_names(256)));
        },
        ThrowsMessage<InputError>(HasSubstr("gray")));
    EXPECT_THAT(
        [&] {
            read_label_map(path("label.png"),
                           LabelDecoder({LabelChannel::blue, 1, 0}, testing_support::numbered_names(151)));
        },
        ThrowsMessage<InputError>(AllOf(HasSubstr("class 255"), HasSubstr("150 classes"))));

    cv::imwrite(path("gray.png").string(), cv::Mat(1, 2, CV_8UC1, cv::Scalar(4)));
    EXPECT_THAT(
        read_label_map(path("gray.png"), LabelDecoder({LabelChannel::blue, 1, 0}, testing_support::numbered_names(151)))
            .labels,
        ElementsAre(5, 5));
    cv::imwrite(path("deep.png").string(), cv::Mat(1, 2, CV_16UC1, cv::Scalar(4)));
    EXPECT_THAT(
        read_label_map(path("deep.png"), LabelDecoder({LabelChannel::blue, 1, 0}, testing_support::numbered_names(151)))
            .labels,
        ElementsAre(5, 5));
}

/// Of a label map of one row.
std::vector<std::uint16_t> classes_of(const std::filesystem::path& file, const LabelCoding& coding,
                                      std::size_t semantics) {
    return read_label_map(file, LabelDecoder(coding, testing_support::numbered_names(semantics))).labels;
}

TEST_F(LabelFiles, LabelMapsOfSixteenBitsHoldThousandsOfClasses) {
    cv::Mat stored(1, 4, CV_16UC1);
    stored.at<std::uint16_t>(0, 0) = 0;
    stored.at<std::uint16_t>(0, 1) = 894;
    stored.at<std::uint16_t>(0, 2) = 65534;
    stored.at<std::uint16_t>(0, 3) = 65535;
    cv::imwrite(path("deep.png").string(), stored);
    const auto file = path("deep.png");
    EXPECT_THAT(classes_of(file, {LabelChannel::gray, 0, 65535}, 65535), ElementsAre(0, 894, 65534, 0));
    EXPECT_THAT(classes_of(file, {LabelChannel::gray, 1, 65535}, 65535), ElementsAre(1, 895, 0, 0))
        << "65535 + 1 is 0 modulo 65536, as 255 + 1 is 0 modulo 256";
    EXPECT_THAT(
        [&] {
            classes_of(file, {LabelChannel::gray, 0, 65535}, 895);
        },
        ThrowsMessage<InputError>(
            AllOf(HasSubstr("class 65534"), HasSubstr("column 2, row 0"), HasSubstr("labels.unlabelled = 65534"))));
}

TEST_F(LabelFiles, ValuesThatMeanNoClassAreLeftOutWhereAnOptionSaysSo) {
    cv::Mat stored(1, 3, CV_8UC1);
    stored.at<std::uint8_t>(0, 0) = 0;
    stored.at<std::uint8_t>(0, 1) = 20;
    stored.at<std::uint8_t>(0, 2) = 255;
    cv::imwrite(path("voc.png").string(), stored);
    EXPECT_THAT(classes_of(path("voc.png"), {LabelChannel::gray, 0, 255}, 21), ElementsAre(0, 20, 0))
        << "VOC: background and the border are unlabelled";
    EXPECT_THAT(classes_of(path("voc.png"), {LabelChannel::gray, 1, 0}, 22), ElementsAre(1, 21, 0))
        << "background is a class of its own";
    EXPECT_THAT(
        [&] {
            classes_of(path("voc.png"), {LabelChannel::gray, 0, 0}, 21);
        },
        ThrowsMessage<InputError>(AllOf(HasSubstr("class 255"), HasSubstr("labels.unlabelled = 255"))));
}

TEST_F(LabelFiles, TheFullAde20kHasItsClassesInRedAndGreen) {
    cv::Mat stored(1, 3, CV_8UC3);  // OpenCV's order is B, G, R
    stored.at<cv::Vec3b>(0, 0) = {1, 0, 0};
    stored.at<cv::Vec3b>(0, 1) = {7, 200, 9};      // 0 * 256 + 200
    stored.at<cv::Vec3b>(0, 2) = {255, 103, 140};  // 14 * 256 + 103
    cv::imwrite(path("seg.png").string(), stored);
    LabelCoding coding;
    coding.encoding = LabelEncoding::ade20k_full;
    EXPECT_THAT(classes_of(path("seg.png"), coding, 3689), ElementsAre(0, 200, 3687));
    EXPECT_THAT([&] { classes_of(path("seg.png"), coding, 151); }, ThrowsMessage<InputError>(HasSubstr("class 200")));
    cv::imwrite(path("gray.png").string(), cv::Mat(1, 2, CV_8UC1, cv::Scalar(4)));
    EXPECT_THAT(
        [&] { classes_of(path("gray.png"), coding, 3689); },
        ThrowsMessage<InputError>(AllOf(HasSubstr("gray.png"), HasSubstr("one channel"), HasSubstr("ade20k-full"))));
}

TEST_F(LabelFiles, IdsOfCityscapesBecomeTheClassesThatAreEvaluated) {
    cv::Mat stored(1, 5, CV_8UC1);
    const std::array ids{0, 7, 8, 14, 33};  // unlabeled, road, sidewalk, guard rail (not evaluated), bicycle
    for (int i = 0; i < 5; ++i)
        stored.at<std::uint8_t>(0, i) = static_cast<std::uint8_t>(ids[static_cast<std::size_t>(i)]);
    cv::imwrite(path("labelIds.png").string(), stored);
    LabelCoding coding;
    coding.encoding = LabelEncoding::cityscapes_ids;
    const auto names = read_semantic_names(std::filesystem::path(SEMSCOPE_SOURCE_DIR) / "config/cityscapes.txt");
    const auto labels = read_label_map(path("labelIds.png"), LabelDecoder(coding, names)).labels;
    EXPECT_THAT(labels, ElementsAre(0, 1, 2, 0, 19));
    EXPECT_EQ(names[labels[1]], "road");
    EXPECT_EQ(names[labels[4]], "bicycle");
    EXPECT_THAT([&] { LabelDecoder(coding, testing_support::numbered_names(34)); },
                ThrowsMessage<UsageError>(HasSubstr("19 classes")));
    cv::imwrite(path("trainIds.png").string(), cv::Mat(1, 2, CV_8UC1, cv::Scalar(255)));
    EXPECT_THAT([&] { classes_of(path("trainIds.png"), coding, 20); },
                ThrowsMessage<InputError>(AllOf(HasSubstr("255 is no id"), HasSubstr("labels.encoding = index"))));
}

TEST_F(LabelFiles, ColoursMeanTheClassesOfTheirTable) {
    cv::Mat stored(1, 3, CV_8UC3);
    stored.at<cv::Vec3b>(0, 0) = {0, 0, 0};
    stored.at<cv::Vec3b>(0, 1) = {0, 0, 128};
    stored.at<cv::Vec3b>(0, 2) = {0, 128, 0};
    cv::imwrite(path("map.png").string(), stored);
    const std::vector<std::string> names{"unlabelled", "aeroplane", "night stand"};
    LabelCoding coding;
    coding.encoding = LabelEncoding::colours;
    coding.colours = write("colours.txt", "# r g b class\n0 0 0 ignore\n128,0,0,aeroplane\n0 128 0\tnight stand\n");
    EXPECT_THAT(read_label_map(path("map.png"), LabelDecoder(coding, names)).labels, ElementsAre(0, 1, 2));
    coding.colours = write("few.txt", "0 0 0 ignore\n128 0 0 1\n");
    EXPECT_THAT([&] { read_label_map(path("map.png"), LabelDecoder(coding, names)); },
                ThrowsMessage<InputError>(AllOf(HasSubstr("0 128 0"), HasSubstr("few.txt"), HasSubstr("column 2"))));
    coding.colours = write("bad.txt", "0 0 0 ignore\n0 0 256 1\n1 1 1 aeroplan\n0 0 0 2\n");
    EXPECT_THAT([&] { LabelDecoder(coding, names); },
                ThrowsMessage<InputError>(AllOf(HasSubstr("bad.txt:2"), HasSubstr("bad.txt:3"), HasSubstr("aeroplane"),
                                                HasSubstr("0 0 0 occurs twice"))));
    coding.colours.clear();
    EXPECT_THAT([&] { LabelDecoder(coding, names); }, ThrowsMessage<UsageError>(HasSubstr("labels.colours")));
}

TEST_F(LabelFiles, AClassWhoseNumberIsLeftOutInTheTableIsInNoLabelMap) {
    const auto names = read_semantic_names(write("coco.txt", "1\tperson\n3\tcar\n"));
    cv::imwrite(path("map.png").string(), cv::Mat(1, 2, CV_8UC1, cv::Scalar(2)));
    EXPECT_THAT(
        [&] {
            read_label_map(path("map.png"), LabelDecoder({LabelChannel::gray, 0, 0}, names));
        },
        ThrowsMessage<InputError>(AllOf(HasSubstr("class 2 is a gap"), HasSubstr("data.semantics"))));
    EXPECT_THAT(read_label_map(path("map.png"), LabelDecoder({LabelChannel::gray, 1, 0}, names)).labels,
                ElementsAre(3, 3));
}

/// A photo `photo.png` and a label map `map.png` in one folder.
LabelMaps maps_in(const std::filesystem::path& folder, LabelResize resize) {
    return {std::make_shared<FolderTree>(folder),
            std::make_shared<LabelDecoder>(LabelCoding{LabelChannel::gray, 0, 0}, testing_support::numbered_names(9)),
            {"photo.png", "map.png"},
            resize};
}

TEST_F(LabelFiles, ALabelMapOfAnotherSizeIsRefusedOrResizedWhenThatIsAskedFor) {
    cv::Mat stored(1, 2, CV_8UC1);
    stored.at<std::uint8_t>(0, 0) = 3;
    stored.at<std::uint8_t>(0, 1) = 7;
    cv::imwrite(path("map.png").string(), stored);
    const PhotoHeader photo{{4, 2}};
    EXPECT_THAT([&] { maps_in(path(""), LabelResize::none).read("photo.png", &photo); },
                ThrowsMessage<InputError>(AllOf(HasSubstr("2x1"), HasSubstr("4x2"), HasSubstr("labels.resize"))));
    EXPECT_THAT(maps_in(path(""), LabelResize::nearest).read("photo.png", &photo).labels,
                ElementsAre(3, 3, 7, 7, 3, 3, 7, 7));
    const PhotoHeader turned{{1, 2}, 6};
    EXPECT_THAT([&] { maps_in(path(""), LabelResize::nearest).read("photo.png", &turned); },
                ThrowsMessage<InputError>(AllOf(HasSubstr("EXIF"), HasSubstr("data.exif"))));
}

TEST_F(LabelFiles, ALabelMapThatIsThePhotoItselfIsRefusedWhateverItsName) {
    cv::imwrite(path("photo.png").string(), cv::Mat(1, 2, CV_8UC1, cv::Scalar(3)));
    std::filesystem::create_hard_link(path("photo.png"), path("map.png"));
    const FolderTree tree(path(""));
    const PhotoHeader photo = read_photo_header(tree, "photo.png");
    EXPECT_THAT([&] { maps_in(path(""), LabelResize::none).read("photo.png", &photo); },
                ThrowsMessage<InputError>(HasSubstr("is the photo itself")));
}

TEST(OwnLabelMaps, TwoPhotosWithOneLabelMapAreNamed) {
    ImageList images;
    for (const char* each : {"a/x.jpg", "a/y.jpg", "a/./x.jpeg"}) images.add(each, 0);
    EXPECT_THAT([&] { require_own_label_maps(images, {}); },
                ThrowsMessage<InputError>(AllOf(HasSubstr("a/x.jpg"), HasSubstr("a/./x.jpeg"), HasSubstr("x.png"))));
    ImageList city;
    for (const char* each : {"a/x_leftImg8bit.png", "a/y.png"}) city.add(each, 0);
    EXPECT_THAT(
        [&] {
            require_own_label_maps(city, {"_leftImg8bit.png", "_gtFine_labelIds.png"});
        },
        ThrowsMessage<InputError>(AllOf(HasSubstr("a/y.png"), HasSubstr("data.suffix"))));
    EXPECT_EQ(label_map_path("a/x_leftImg8bit.png", LabelNaming{"_leftImg8bit.png", "_gtFine_labelIds.png"}),
              "a/x_gtFine_labelIds.png");
}

TEST(Labels, AreSampledAtPixelCentres) {
    const std::vector<std::uint16_t> labels{1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4};
    EXPECT_THAT(resize_and_crop_labels({2, 2}, {4, 4}, labels), ElementsAre(2, 4, 2, 4));
}

TEST(PresentClasses, AreCountedInAscendingOrderWithoutUnlabelled) {
    EXPECT_THAT(present_classes(std::vector<std::uint16_t>{0, 5, 3, 5, 0, 60000}, 1),
                ElementsAre(ClassCount{3, 1}, ClassCount{5, 2}, ClassCount{60000, 1}));
    EXPECT_THAT(present_classes(std::vector<std::uint16_t>{0, 5, 3, 5}, 2), ElementsAre(ClassCount{5, 2}));
}

TEST(LabelMapPath, IsTheImagesWithAnotherRootAndEnding) {
    EXPECT_EQ(label_map_path("/labels", "val/bedroom/a.b.jpg"), "/labels/val/bedroom/a.b.png");
}

}  // namespace
}  // namespace semscope::data
