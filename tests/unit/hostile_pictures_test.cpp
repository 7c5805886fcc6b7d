// Pictures that are not what they seem: a reader refuses them with a sentence, before it allocates what they ask for.
#include "semscope/core/errors.hpp"
#include "semscope/data/image.hpp"
#include "semscope/data/label_map.hpp"
#include "semscope/data/pictures.hpp"
#include "semscope/data/preprocess.hpp"
#include "support/hand_made_png.hpp"
#include "support/numbered_names.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <opencv2/imgcodecs.hpp>

namespace semscope::data {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;
using testing_support::hand_made_png;
using testing_support::PngColour;

class HostilePictures : public testing::Test {
  protected:
    std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }
    std::filesystem::path write(const std::string& name, const std::string& bytes) const {
        std::ofstream(path(name), std::ios::binary) << bytes;
        return path(name);
    }
    /// All readers refuse the file, in words that hold `word`.
    static void expect_refused(const std::filesystem::path& file, const std::string& word) {
        const auto message = ThrowsMessage<InputError>(AllOf(HasSubstr(file.string()), HasSubstr(word)));
        EXPECT_THAT([&] { read_image_size(file); }, message);
        EXPECT_THAT([&] { read_photo(file); }, message);
        EXPECT_THAT([&] { read_label_image(file); }, message);
    }

  private:
    testing_support::TemporaryFolder folder_;
};

std::string encoded(const char* form, const cv::Mat& pixels, const std::vector<int>& options = {}) {
    std::vector<unsigned char> bytes;
    cv::imencode(form, pixels, bytes, options);
    return {bytes.begin(), bytes.end()};
}

/// A JPEG whose frame header says another size than its data have.
std::string jpeg_of_size(int width, int height) {
    std::string bytes = encoded(".jpg", cv::Mat(16, 16, CV_8UC3, cv::Scalar(1, 2, 3)));
    const std::size_t frame = bytes.find("\xff\xc0");
    const std::string size{static_cast<char>(height >> 8), static_cast<char>(height), static_cast<char>(width >> 8),
                           static_cast<char>(width)};
    return bytes.replace(frame + 5, 4, size);
}

TEST_F(HostilePictures, HeadersThatAskForGigabytesAreRefusedByTheHeader) {
    const auto png = write("bomb.png", hand_made_png(30000, 30000, 8, PngColour::rgb, std::string(100, '\0')));
    expect_refused(png, "30000x30000");
    const auto jpeg = write("bomb.jpg", jpeg_of_size(30000, 30000));
    EXPECT_THAT([&] { read_image_size(jpeg); }, ThrowsMessage<InputError>(HasSubstr("30000x30000")));
    EXPECT_THAT([&] { read_photo(jpeg); }, ThrowsMessage<InputError>(HasSubstr("30000x30000")));
}

TEST_F(HostilePictures, AllowedSizesThatTheFileCannotHoldAreRefusedToo) {
    const auto png = write("bomb.png", hand_made_png(16000, 16000, 8, PngColour::rgb, std::string(100, '\0')));
    expect_refused(png, "cannot hold");
    EXPECT_THAT([&] { read_photo(write("bomb.jpg", jpeg_of_size(16000, 16000))); },
                ThrowsMessage<InputError>(HasSubstr("cannot hold")));
}

TEST_F(HostilePictures, OtherFormatsAreNamedAndRefused) {
    const cv::Mat pixels(8, 8, CV_8UC3, cv::Scalar(1, 2, 3));
    expect_refused(write("photo.bmp", encoded(".bmp", pixels)), "a BMP");
    expect_refused(write("photo.tiff", encoded(".tiff", pixels)), "a TIFF");
    expect_refused(write("photo.webp", encoded(".webp", pixels)), "a WebP");
    expect_refused(write("photo.gif", "GIF89a\x30\x75\x30\x75"), "a GIF");
    expect_refused(write("photo.jpg", "<html>404</html>"), "neither a JPEG nor a PNG");
}

TEST_F(HostilePictures, TheContentCountsAndNotTheName) {
    const auto file = write("photo.jpg", encoded(".png", cv::Mat(8, 9, CV_8UC3, cv::Scalar(1, 2, 3))));
    EXPECT_EQ(read_image_size(file), (ImageSize{9, 8}));
    EXPECT_EQ(read_photo(file).pixels[0], 3);
}

TEST_F(HostilePictures, WhatIsNoFileIsNotWaitedFor) {
    ASSERT_EQ(::mkfifo(path("pipe.jpg").c_str(), 0600), 0);
    expect_refused(path("pipe.jpg"), "not a regular file");
    expect_refused(path("."), "not a regular file");
    expect_refused(path("missing.jpg"), "there is no such file");
    expect_refused(write("empty.jpg", ""), "empty");
}

TEST_F(HostilePictures, AFileOfManyGigabytesIsNotRead) {
    const auto file = write("huge.jpg", "\xff\xd8\xff\xe0");
    std::filesystem::resize_file(file, std::uintmax_t{5} << 30);  // sparse
    EXPECT_THAT([&] { read_image_size(file); }, ThrowsMessage<InputError>(HasSubstr("5368709120 bytes")));
    EXPECT_THAT([&] { read_photo(file); }, ThrowsMessage<InputError>(HasSubstr("5368709120 bytes")));
}

TEST_F(HostilePictures, CutAtAnyPlaceTheyAreErrors) {
    cv::Mat noise(24, 24, CV_8UC3);
    cv::randu(noise, 0, 255);
    for (const char* form : {".jpg", ".png"}) {
        const std::string whole = encoded(form, noise);
        for (std::size_t length = 1; length + 2 < whole.size(); length += 13) {
            const auto file = write("cut", whole.substr(0, length));
            EXPECT_THROW(read_photo(file), InputError) << form << " " << length;
        }
        EXPECT_EQ(read_photo(write("whole", whole)).size, (ImageSize{24, 24}));
    }
}

TEST_F(HostilePictures, APictureOfOnePixelIsEnlarged) {
    const auto file = write("one.png", encoded(".png", cv::Mat(1, 1, CV_8UC3, cv::Scalar(7, 8, 9))));
    const Image crop = resize_and_crop({4, 3}, read_photo(file));
    EXPECT_EQ(crop.pixels.size(), 27U);
    EXPECT_EQ(crop.pixels[26], 7);
}

TEST_F(HostilePictures, APictureOfOneRowIsNotResizedToMillionsOfColumns) {
    EXPECT_THAT([] { centre_crop({256, 224}, {1000000, 1}); }, ThrowsMessage<InputError>(HasSubstr("1000000x1")));
    EXPECT_EQ(centre_crop({256, 224}, {65000, 256}).resized, (ImageSize{65000, 256}));
    EXPECT_THROW(centre_crop({256, 224}, {0, 5}), InputError);
}

TEST_F(HostilePictures, DeepAndTransparentPhotosBecomeRgb) {
    const cv::Mat deep(2, 2, CV_16UC3, cv::Scalar(0x0a00, 0x14ff, 0x1e00));
    EXPECT_THAT(read_photo(write("deep.png", encoded(".png", deep))).pixels,
                ElementsAre(30, 20, 10, 30, 20, 10, 30, 20, 10, 30, 20, 10));
    const cv::Mat clear(1, 1, CV_8UC4, cv::Scalar(10, 20, 30, 0));
    EXPECT_THAT(read_photo(write("clear.png", encoded(".png", clear))).pixels, ElementsAre(30, 20, 10));
    const auto gray = write("gray.png", hand_made_png(2, 1, 4, PngColour::gray, std::string("\0\x1f", 2)));
    EXPECT_THAT(read_photo(gray).pixels, ElementsAre(17, 17, 17, 255, 255, 255));  // scaled, as a picture is
}

TEST_F(HostilePictures, LabelMapsOfFewBitsAreNotScaled) {
    const auto four = write("four.png", hand_made_png(3, 1, 4, PngColour::gray, std::string("\0\x1f\x20", 3)));
    EXPECT_THAT(read_label_image(four).bytes, ElementsAre(1, 15, 2));
    const auto one = write("one.png", hand_made_png(3, 1, 1, PngColour::gray, std::string("\0\xa0", 2)));
    EXPECT_THAT(read_label_image(one).bytes, ElementsAre(1, 0, 1));
}

TEST_F(HostilePictures, OfAPaletteLabelMapTheIndicesAreReadAndOnlyWhenAskedFor) {
    const auto file = write("palette.png", hand_made_png(3, 1, 8, PngColour::palette, std::string("\0\0\1\2", 4),
                                                         std::string("\0\0\0\x80\0\0\0\x80\0", 9)));
    EXPECT_THAT(
        read_label_map(file, LabelDecoder({LabelChannel::gray, 0, 0}, testing_support::numbered_names(151))).labels,
        ElementsAre(0, 1, 2));
    EXPECT_THAT(
        [&] {
            (void)read_label_map(file, LabelDecoder({LabelChannel::blue, 0, 0}, testing_support::numbered_names(151)));
        },
        ThrowsMessage<InputError>(AllOf(HasSubstr("palette"), HasSubstr("labels.channel = gray"))));
    EXPECT_THAT(read_photo(file).pixels, ElementsAre(0, 0, 0, 128, 0, 0, 0, 128, 0));  // of a photo the colours
}

TEST_F(HostilePictures, ALabelMapIsNoJpeg) {
    const cv::Mat pixels(8, 8, CV_8UC1, cv::Scalar(5));
    EXPECT_THAT([&] { read_label_image(write("map.png", encoded(".jpg", pixels))); },
                ThrowsMessage<InputError>(HasSubstr("JPEG")));
}

}  // namespace
}  // namespace semscope::data
