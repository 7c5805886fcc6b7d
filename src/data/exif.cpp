#include "exif.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace semscope::data {

namespace {

/// Bytes with numbers in the order of either end; what lies outside reads as 0.
class Numbers {
  public:
    Numbers(std::string_view bytes, bool little) : bytes_(bytes), little_(little) {}

    std::uint32_t of(std::size_t at, std::size_t length) const {
        if (at > bytes_.size() || bytes_.size() - at < length) return 0;
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < length; ++i)
            value = value << 8 | static_cast<unsigned char>(bytes_[at + (little_ ? length - 1 - i : i)]);
        return value;
    }
    std::uint32_t two(std::size_t at) const { return of(at, 2); }
    std::uint32_t four(std::size_t at) const { return of(at, 4); }

  private:
    std::string_view bytes_;
    bool little_;
};

/// Of a block in TIFF format (EXIF 2.32, section 4.5): tag 0x0112 of the first directory.
int orientation_of_tiff(std::string_view tiff) {
    constexpr std::uint32_t orientation_tag = 0x0112;
    constexpr std::size_t entry_bytes = 12;
    const bool little = tiff.starts_with("II");
    if (!little && !tiff.starts_with("MM")) return 1;
    const Numbers numbers(tiff, little);
    const std::size_t directory = numbers.four(4);
    const std::size_t entries = numbers.two(directory);
    for (std::size_t i = 0; i < entries; ++i) {
        const std::size_t entry = directory + 2 + i * entry_bytes;
        if (entry > tiff.size()) return 1;
        if (numbers.two(entry) != orientation_tag) continue;
        const auto value = static_cast<int>(numbers.two(entry + 8));
        return value >= 1 && value <= 8 ? value : 1;
    }
    return 1;
}

/// The segments of a JPEG before its pixels.
int orientation_of_jpeg(std::string_view file) {
    constexpr std::uint32_t app1 = 0xffe1;
    constexpr std::uint32_t start_of_scan = 0xffda;
    constexpr std::string_view name("Exif\0\0", 6);
    const Numbers numbers(file, false);
    for (std::size_t at = 2; at + 4 <= file.size();) {
        const std::uint32_t marker = numbers.two(at);
        if (marker == 0xffff) {  // a fill byte
            ++at;
            continue;
        }
        const std::size_t length = numbers.two(at + 2);
        if (marker < 0xff00 || marker == start_of_scan || length < 2) return 1;
        const std::string_view body = file.substr(at + 4, length - 2);
        if (marker == app1 && body.starts_with(name)) return orientation_of_tiff(body.substr(name.size()));
        at += 2 + length;
    }
    return 1;
}

/// The chunks of a PNG before its pixels.
int orientation_of_png(std::string_view file) {
    constexpr std::size_t after_signature = 8;
    constexpr std::size_t frame = 12;  // length, kind, check sum
    const Numbers numbers(file, false);
    for (std::size_t at = after_signature; at + frame <= file.size();) {
        const std::size_t length = numbers.four(at);
        const std::string_view kind = file.substr(at + 4, 4);
        if (kind == "IDAT" || length > file.size() - at - frame) return 1;
        if (kind == "eXIf") return orientation_of_tiff(file.substr(at + 8, length));
        at += frame + length;
    }
    return 1;
}

bool is_transposed(int orientation) { return orientation >= 5; }

}  // namespace

int exif_orientation(const Bytes& bytes) {
    const std::string_view file(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return file.starts_with("\xff\xd8") ? orientation_of_jpeg(file) : orientation_of_png(file);
}

ImageSize oriented_size(ImageSize stored, int orientation) {
    return is_transposed(orientation) ? ImageSize{stored.height, stored.width} : stored;
}

Image orient(Image image, int orientation) {
    if (orientation == 1) return image;
    Image out{oriented_size(image.size, orientation), 3, std::vector<std::uint8_t>(image.pixels.size())};
    // Whether the stored columns run backwards in the turned picture, and the stored rows.
    const bool right_to_left = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    const bool bottom_to_top = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    const auto width = static_cast<std::size_t>(image.size.width);
    std::uint8_t* to = out.pixels.data();
    for (int y = 0; y < out.size.height; ++y)
        for (int x = 0; x < out.size.width; ++x, to += 3) {
            int column = is_transposed(orientation) ? y : x;
            int row = is_transposed(orientation) ? x : y;
            if (right_to_left) column = image.size.width - 1 - column;
            if (bottom_to_top) row = image.size.height - 1 - row;
            std::memcpy(
                to, &image.pixels[3 * (static_cast<std::size_t>(row) * width + static_cast<std::size_t>(column))], 3);
        }
    return out;
}

}  // namespace semscope::data
