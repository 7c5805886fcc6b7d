#include "picture_file.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/core/file_descriptor.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace semscope::data {

namespace {

bool starts_with(const Bytes& bytes, std::string_view signature, std::size_t at = 0) {
    return bytes.size() >= at + signature.size() &&
           std::memcmp(bytes.data() + at, signature.data(), signature.size()) == 0;
}

UnreachableError unreachable(const std::filesystem::path& path) {
    return UnreachableError(fmt::format(
        "{}: {}", path.string(),
        errno == ENOENT ? "there is no such file" : fmt::format("cannot be read: {}", std::strerror(errno))));
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

FileContent read_file(const std::filesystem::path& path, std::size_t limit) {
    // O_NONBLOCK: else opening a pipe would wait for its writer. It does nothing to a regular file.
    const FileDescriptor file(path, O_RDONLY | O_NONBLOCK);
    if (!file.is_open()) throw unreachable(path);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) throw unreachable(path);
    // A pipe would be waited for, and a device has no end.
    if (!S_ISREG(status.st_mode)) throw InputError(fmt::format("{}: is not a regular file", path.string()));
    FileContent content;
    content.size = static_cast<std::size_t>(status.st_size);
    if (content.size == 0) throw InputError(fmt::format("{}: the file is empty", path.string()));
    if (content.size > maximum_file_bytes)
        throw InputError(fmt::format("{}: {} bytes; pictures of up to {} are read", path.string(), content.size,
                                     maximum_file_bytes));
    content.bytes.resize(std::min(content.size, limit));
    for (std::size_t done = 0; done < content.bytes.size();) {
        const ssize_t count = ::read(file.get(), content.bytes.data() + done, content.bytes.size() - done);
        if (count > 0)
            done += static_cast<std::size_t>(count);
        else if (count == 0)
            throw UnreachableError(fmt::format("{}: ends after {} of {} bytes", path.string(), done, content.size));
        else if (errno != EINTR)
            throw unreachable(path);
    }
    return content;
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
    if (pixels > maximum_pixels)
        throw InputError(fmt::format("its header says {}x{} pixels; pictures of up to {} pixels are read", size.width,
                                     size.height, maximum_pixels));
    // Deflate packs at most 1032 bytes into one, so 8256 pixels of one bit; a JPEG stays below that. Small pictures
    // cost nothing to try.
    constexpr std::int64_t small = std::int64_t{1} << 24;
    constexpr std::int64_t densest = 8256;
    if (pixels > small && pixels / densest > static_cast<std::int64_t>(file_bytes))
        throw InputError(fmt::format("its header says {}x{} pixels, which {} bytes cannot hold: it is damaged",
                                     size.width, size.height, file_bytes));
}

}  // namespace semscope::data
