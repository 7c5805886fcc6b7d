#include "hand_made_png.hpp"

#include <zlib.h>

#include <stdexcept>
#include <vector>

namespace semscope::testing_support {

namespace {

std::string big_endian(std::uint32_t value) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
    return bytes;
}

std::string chunk(const std::string& kind, const std::string& data) {
    const std::string body = kind + data;
    const auto sum = crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
    return big_endian(static_cast<std::uint32_t>(data.size())) + body + big_endian(static_cast<std::uint32_t>(sum));
}

std::string deflated(const std::string& bytes) {
    uLongf length = compressBound(bytes.size());
    std::string out(length, '\0');
    if (compress(reinterpret_cast<Bytef*>(out.data()), &length, reinterpret_cast<const Bytef*>(bytes.data()),
                 bytes.size()) != Z_OK)
        throw std::runtime_error("zlib cannot compress");
    out.resize(length);
    return out;
}

}  // namespace

std::string hand_made_png(std::uint32_t width, std::uint32_t height, int bits, PngColour colour,
                          const std::string& rows, const std::string& palette) {
    std::string header = big_endian(width) + big_endian(height);
    header += {static_cast<char>(bits), static_cast<char>(colour), '\0', '\0', '\0'};
    std::string file = "\x89PNG\r\n\x1a\n" + chunk("IHDR", header);
    if (!palette.empty()) file += chunk("PLTE", palette);
    return file + chunk("IDAT", deflated(rows)) + chunk("IEND", "");
}

}  // namespace semscope::testing_support
