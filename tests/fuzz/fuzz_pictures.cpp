// Photos and label maps. The first two bytes of the input choose the geometry and the coding of labels, the rest is the
// file. Check sums of PNG chunks are put right first (unless the second byte's highest bit is set): libpng would refuse
// nearly every changed file at the door otherwise.
#include "harness.hpp"
#include "semscope/data/label_map.hpp"
#include "semscope/data/pictures.hpp"
#include "semscope/data/preprocess.hpp"

#include <zlib.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace semscope {
namespace {

using fuzz::expect_success_or_typed_error;
using fuzz::require;

std::uint32_t big_endian(const std::string& bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
    return value;
}

void mend_check_sums(std::string& png) {
    if (!png.starts_with("\x89PNG\r\n\x1a\n")) return;
    constexpr std::size_t frame = 12;  // length, type, check sum
    for (std::size_t at = 8; at + frame <= png.size();) {
        const std::size_t length = big_endian(png, at);
        if (length > png.size() - at - frame) return;
        const auto* chunk = reinterpret_cast<const Bytef*>(png.data() + at + 4);
        const auto sum = static_cast<std::uint32_t>(crc32(0, chunk, static_cast<uInt>(length + 4)));
        for (std::size_t i = 0; i < 4; ++i) png[at + 8 + length + i] = static_cast<char>(sum >> (24 - 8 * i) & 0xff);
        at += frame + length;
    }
}

constexpr std::array<data::Geometry, 4> geometries{
    {{0, 3}, {5, 5}, {64, 31, data::Interpolation::bicubic}, {256, 224}}};

/// Pictures of up to 2^28 pixels are allowed; those between this and that are only slow.
constexpr std::int64_t enough_pixels = std::int64_t{1} << 21;

bool is_slow(const std::optional<data::ImageSize>& size) {
    return size && std::int64_t{size->width} * size->height > enough_pixels;
}

constexpr std::size_t most_semantics = 3689;

struct Decoder {
    data::LabelDecoder decoder;
    std::size_t semantics;
};

/// Every encoding, of few classes and of many.
const std::vector<Decoder>& decoders() {
    static const std::vector<Decoder> made = [] {
        std::vector<std::string> few{"unlabelled", "wall", "bed"}, many(most_semantics, "class"), city(20, "class");
        static const fuzz::ScratchFile table("colours.txt");
        table.write("0 0 0 ignore\n255 255 255 1\n128 0 0 bed\n");
        std::vector<Decoder> list;
        const auto add = [&](const data::LabelCoding& coding, const std::vector<std::string>& semantics) {
            list.push_back({data::LabelDecoder(coding, semantics), semantics.size()});
        };
        for (const auto channel : {data::LabelChannel::blue, data::LabelChannel::red, data::LabelChannel::gray})
            for (const int offset : {0, 1}) add({channel, offset, 0}, many);
        add({data::LabelChannel::gray, 0, 65535}, many);
        add({.encoding = data::LabelEncoding::ade20k_full}, many);
        add({.encoding = data::LabelEncoding::cityscapes_ids}, city);
        add({.encoding = data::LabelEncoding::colours, .colours = table.path()}, few);
        return list;
    }();
    return made;
}

void check_photo(const data::Image& photo, const std::optional<data::ImageSize>& announced) {
    require(photo.channels == 3 && photo.size.width > 0 && photo.size.height > 0, "a photo without pixels");
    require(photo.pixels.size() ==
                3 * static_cast<std::size_t>(photo.size.width) * static_cast<std::size_t>(photo.size.height),
            "a photo of another length than its size");
    require(announced == photo.size, "a photo of another size than its header says");
}

void run(const std::uint8_t* data, std::size_t size) {
    static const fuzz::ScratchFile file("picture.png");
    const data::Geometry geometry = geometries[data[0] % geometries.size()];
    const Decoder& chosen = decoders()[(data[0] >> 2) % decoders().size()];
    const data::LabelDecoder& decoder = chosen.decoder;
    const std::size_t semantics = chosen.semantics;
    std::string bytes(fuzz::as_text(data + 2, size - 2));
    if ((data[1] & 0x80) == 0) mend_check_sums(bytes);
    file.write(bytes);

    std::optional<data::ImageSize> announced;
    expect_success_or_typed_error([&] { announced = data::read_image_size(file.path()); });
    if (is_slow(announced)) return;
    expect_success_or_typed_error([&] {
        const data::FolderTree folder{std::filesystem::path()};
        const auto header = data::read_photo_header(folder, file.path().string(), data::ExifOrientation::apply);
        require(header.orientation >= 1 && header.orientation <= 8, "an orientation that EXIF has not");
        const data::Image turned = data::read_photo(folder, file.path().string(), data::ExifOrientation::apply);
        require(turned.size == header.size, "a turned photo of another size than its header says");
    });
    expect_success_or_typed_error([&] {
        const data::Image photo = data::read_photo(file.path());
        check_photo(photo, announced);
        const data::Image crop = data::resize_and_crop(geometry, photo);
        require(crop.size == data::ImageSize{geometry.crop, geometry.crop}, "a crop of another size");
    });
    expect_success_or_typed_error([&] {
        const data::LabelMap map = data::read_label_map(file.path(), decoder);
        require(announced == map.size, "a label map of another size than its header says");
        for (const std::uint16_t label : map.labels) require(label < semantics, "a class out of range");
        const auto crop = data::resize_and_crop_labels(geometry, map.size, map.labels);
        (void)data::present_classes(crop, 1);
        constexpr data::ImageSize other{17, 9};
        const data::LabelMap resized = data::resize_labels(map, other);
        require(resized.size == other && resized.labels.size() == std::size_t{17 * 9}, "a label map of another size");
        for (const std::uint16_t label : resized.labels) require(label < semantics, "a class out of range");
    });
}

}  // namespace
}  // namespace semscope

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 2) semscope::run(data, size);
    return 0;
}
