#include "row.hpp"

#include <zlib.h>
#include <fstream>
#include <opencv2/core.hpp>

namespace semscope::bad_inputs {

namespace {

using Spoil = std::function<void(const Place&)>;

std::string big_endian(std::uint32_t value) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 255U);
    return bytes;
}

std::string chunk(const std::string& kind, const std::string& content) {
    const std::string sum = kind + content;
    const auto crc = crc32(0, reinterpret_cast<const Bytef*>(sum.data()), static_cast<uInt>(sum.size()));
    return big_endian(static_cast<std::uint32_t>(content.size())) + sum + big_endian(static_cast<std::uint32_t>(crc));
}

/// A PNG of a few bytes whose header promises an RGB image of this side.
std::string promising_png(std::uint32_t side) {
    return std::string("\x89PNG\r\n\x1a\n") +
           chunk("IHDR", big_endian(side) + big_endian(side) + std::string("\x08\x02\0\0\0", 5)) +
           chunk("IDAT", std::string("\x78\x9c\x03\0\0\0\0\x01", 8)) + chunk("IEND", "");
}

Spoil photo(const std::string& bytes) {
    return [=](const Place& place) { std::ofstream(place.photo("kitchen/0000.png"), std::ios::binary) << bytes; };
}

Spoil label(const std::string& bytes) {
    return [=](const Place& place) { std::ofstream(place.label("kitchen/0000.png"), std::ios::binary) << bytes; };
}

Spoil label_picture(int width, int height, int type, double value) {
    return
        [=](const Place& place) { place.write_picture(place.label("kitchen/0000.png"), width, height, type, value); };
}

}  // namespace

Table picture_rows() {
    const std::string photo_name = "val/kitchen/0000.png", label_name = "noisy_annotations_RGB/val/kitchen/0000.png";
    return {
        {"EmptyPhoto", "occlude", photo(""), {}, {photo_name, "empty"}},
        {"PhotoThatIsNoImage", "occlude", photo("<html>404</html>"), {}, {photo_name, "or is damaged"}},
        {"PhotoThatIsAFolder",
         "occlude",
         [](const Place& place) {
             std::filesystem::remove(place.photo("kitchen/0000.png"));
             std::filesystem::create_directory(place.photo("kitchen/0000.png"));
         },
         {},
         {photo_name}},
        {"PhotoWhoseHeaderPromisesGigabytes", "occlude", photo(promising_png(30000)), {}, {photo_name, "30000x30000"}},
        {"PhotoSmallerThanTheCrop",
         "occlude",
         {},
         {"--preprocess.crop", "25"},
         {photo_name, "preprocess.crop", "6 problems"}},
        {"PhotosBadInSeveralWays",
         "occlude",
         [](const Place& place) {
             std::ofstream(place.photo("kitchen/0000.png"));
             std::ofstream(place.photo("bedroom/0001.png")) << "no image";
             std::filesystem::remove(place.photo("street/0002.png"));
             std::filesystem::remove(place.label("kitchen/0003.png"));
             std::ofstream(place.label("bedroom/0004.png")) << "no image";
         },
         {},
         {"val/kitchen/0000.png", "val/bedroom/0001.png", "val/street/0002.png", "val/kitchen/0003.png",
          "val/bedroom/0004.png", "5 problems"}},
        {"LabelMapsThatAreMissing",
         "occlude",
         {},
         {"--labels.root", "nowhere"},
         {"nowhere/val/kitchen/0000.png", "6 problems"}},
        {"EmptyLabelMap", "occlude", label(""), {}, {label_name, "empty"}},
        {"LabelMapOfAnotherSize",
         "occlude",
         label_picture(30, 24, CV_8UC3, 1),
         {},
         {label_name, "30x24", "24x24", "labels.resize"}},
        {"LabelMapThatLiesOnItsSide",
         "occlude",
         [](const Place& place) {
             place.write_picture(place.photo("kitchen/0000.png"), 30, 24, CV_8UC3);
             place.write_picture(place.label("kitchen/0000.png"), 24, 30, CV_8UC3);
         },
         {"--labels.resize", "nearest"},
         {label_name, "24x30", "30x24", "EXIF", "data.exif"}},
        {"LabelMapOf16BitsPastTheTable",
         "occlude",
         label_picture(24, 24, CV_16UC1, 40000),
         {},
         {label_name, "class 40001", "labels.unlabelled = 40001"}},
        {"LabelMapOfOneChannelWhereColoursAreAsked",
         "occlude",
         label_picture(24, 24, CV_8UC1, 1),
         {"--labels.encoding", "ade20k-full"},
         {label_name, "one channel", "ade20k-full"}},
        {"ColoursWithoutTheirTable", "occlude", {}, {"--labels.encoding", "colours"}, {"labels.colours"}},
        {"PhotoThatIsAWebP",
         "occlude",
         photo(std::string("RIFF\0\0\0\0WEBPVP8 ", 16)),
         {},
         {photo_name, "a WebP", "mogrify -format png"}},
        {"PhotoThatIsATiff",
         "occlude",
         photo(std::string("II*\0\x08\0\0\0", 8)),
         {},
         {photo_name, "a TIFF", "mogrify"}},
        {"PhotoThatIsABmp", "occlude", photo("BM and more"), {}, {photo_name, "a BMP", "mogrify"}},
        {"LabelMapWithAValuePastTheTable",
         "occlude",
         label_picture(24, 24, CV_8UC1, 77),
         {},
         {label_name, "class 78", "4 classes", "data.semantics"}},
        {"LabelMapOfThreeChannelsWhereGrayIsAsked",
         "occlude",
         {},
         {"--labels.channel", "gray"},
         {label_name, "labels.channel = gray"}},
        {"LabelMapToInspectPastTheTable",
         "inspect",
         label_picture(24, 24, CV_8UC1, 77),
         {"@/data/noisy_annotations_RGB/val/kitchen/0000.png", "--data.semantics", "@/data/objectInfo150.txt"},
         {label_name, "class 78"}},
    };
}

}  // namespace semscope::bad_inputs
