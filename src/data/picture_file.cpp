#include "picture_file.hpp"

#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <string_view>

namespace semscope::data {

namespace {

bool starts_with(const Bytes& bytes, std::string_view signature, std::size_t at = 0) {
    return bytes.size() >= at + signature.size() &&
           std::memcmp(bytes.data() + at, signature.data(), signature.size()) == 0;
}

/// Formats that people try, by their signatures: the message can then say what it is.
const char* other_format(const Bytes& bytes) {
    if (starts_with(bytes, "GIF8")) return "a GIF";
    if (starts_with(bytes, "BM")) return "a BMP";
    if (starts_with(bytes, std::string_view("II*\0", 4)) || starts_with(bytes, std::string_view("MM\0*", 4)))
        return "a TIFF";
    if (starts_with(bytes, "RIFF") && starts_with(bytes, "WEBP", 8)) return "a WebP";
    if (starts_with(bytes, "ftyp", 4)) return "an AVIF or HEIF";
    if (starts_with(bytes, "jP  ", 4)) return "a JPEG 2000";
    return nullptr;
}

}  // namespace

Bytes read_bytes(const std::filesystem::path& path, std::size_t limit) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status))
        throw InputError(fmt::format("{}: {}", path.string(),
                                     error && status.type() == std::filesystem::file_type::none
                                         ? "cannot be reached: " + error.message()
                                         : "there is no such file"));
    // A pipe would be waited for, and a device has no end.
    if (!std::filesystem::is_regular_file(status))
        throw InputError(fmt::format("{}: is not a regular file", path.string()));
    const auto size = std::filesystem::file_size(path, error);
    std::ifstream file(path, std::ios::binary);
    if (error || !file) throw InputError(fmt::format("{}: cannot be read", path.string()));
    if (size > most_file_bytes)
        throw InputError(
            fmt::format("{}: {} bytes; pictures of up to {} are read", path.string(), size, most_file_bytes));
    Bytes bytes(std::min<std::size_t>(size, limit));
    file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!file) throw InputError(fmt::format("{}: reading failed", path.string()));
    if (bytes.empty()) throw InputError(fmt::format("{}: the file is empty", path.string()));
    return bytes;
}

PictureFormat format_of(const Bytes& bytes) {
    if (starts_with(bytes, "\xff\xd8\xff")) return PictureFormat::jpeg;
    if (starts_with(bytes, "\x89PNG\r\n\x1a\n")) return PictureFormat::png;
    const char* other = other_format(bytes);
    throw InputError(fmt::format(
        "is neither a JPEG nor a PNG{}",
        other == nullptr ? std::string(", or is damaged") : fmt::format(" but {}; convert it to one of these", other)));
}

void require_plausible(ImageSize size, std::size_t file_bytes) {
    if (size.width <= 0 || size.height <= 0) throw InputError("its header says that it has no pixels");
    const std::int64_t pixels = std::int64_t{size.width} * size.height;
    if (pixels > most_pixels)
        throw InputError(fmt::format("its header says {}x{} pixels; pictures of up to {} pixels are read", size.width,
                                     size.height, most_pixels));
    // Deflate packs at most 1032 bytes into one, so 8256 pixels of one bit; a JPEG stays below that. Small pictures
    // cost nothing to try.
    constexpr std::int64_t small = std::int64_t{1} << 24;
    constexpr std::int64_t densest = 8256;
    if (pixels > small && pixels / densest > static_cast<std::int64_t>(file_bytes))
        throw InputError(fmt::format("its header says {}x{} pixels, which {} bytes cannot hold: it is damaged",
                                     size.width, size.height, file_bytes));
}

}  // namespace semscope::data
