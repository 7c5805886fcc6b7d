#include "picture_file.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/core/files.hpp"

#include <fmt/format.h>
#include <turbojpeg.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
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

FileContent FolderTree::read(std::string_view relative, std::size_t limit) const {
    const std::filesystem::path path = root_ / relative;
    // O_NONBLOCK: else opening a pipe would wait for its writer. It does nothing to a regular file.
    const FileDescriptor file(path, O_RDONLY | O_NONBLOCK);
    if (!file.is_open()) throw unreachable(path);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) throw unreachable(path);
    // A pipe would be waited for, and a device has no end.
    if (!S_ISREG(status.st_mode)) throw InputError(fmt::format("{}: is not a regular file", path.string()));
    FileContent content;
    content.size = static_cast<std::size_t>(status.st_size);
    content.identity = {status.st_dev, status.st_ino, 0};
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
        other == nullptr
            ? std::string(", or is damaged")
            : fmt::format(" but {}; convert it, for example with \"mogrify -format png FILE\" of ImageMagick", other)));
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

namespace {

struct Destroy {
    void operator()(void* handle) const { tjDestroy(handle); }
};
using Decoder = std::unique_ptr<void, Destroy>;

Decoder make_decoder() {
    Decoder decoder(tjInitDecompress());
    if (!decoder) throw LibraryError("TurboJPEG cannot start a decoder");
    return decoder;
}

/// Warnings that mean missing picture data; others (stray bytes between markers) do no harm.
bool is_fatal_warning(std::string_view message) { return message.find("remature end") != std::string_view::npos; }

Image decode(const Decoder& decoder, const std::vector<unsigned char>& bytes, ImageSize size, TJPF format) {
    Image image{size, tjPixelSize[format], {}};
    image.pixels.resize(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height) *
                        static_cast<std::size_t>(image.channels));
    // A progressive file of some kilobytes may hold thousands of scans, each of them a walk through all pixels.
    const int status = tjDecompress2(decoder.get(), bytes.data(), bytes.size(), image.pixels.data(), size.width, 0,
                                     size.height, format, TJFLAG_LIMITSCANS);
    if (status != 0) {
        const std::string_view message = tjGetErrorStr2(decoder.get());
        if (tjGetErrorCode(decoder.get()) == TJERR_FATAL || is_fatal_warning(message))
            throw InputError(fmt::format("is truncated or damaged: {}", message));
    }
    return image;
}

/// From four stored channels, which are inverted, to R, G, B in place; rounded as Pillow does.
void cmyk_to_rgb(Image& image) {
    const std::size_t pixels = image.pixels.size() / 4;
    std::uint8_t* out = image.pixels.data();
    for (std::size_t i = 0; i < pixels; ++i) {
        const int black = image.pixels[4 * i + 3];
        for (std::size_t channel = 0; channel < 3; ++channel) {
            const int product = (255 - image.pixels[4 * i + channel]) * black + 128;
            *out++ = static_cast<std::uint8_t>(black - (((product >> 8) + product) >> 8));
        }
    }
    image.pixels.resize(3 * pixels);
    image.channels = 3;
}

struct Header {
    ImageSize size;
    int colours = 0;  ///< TJCS_...
};

std::optional<Header> read_header(const Decoder& decoder, const std::vector<unsigned char>& bytes) {
    Header header;
    int subsampling = 0;
    if (tjDecompressHeader3(decoder.get(), bytes.data(), bytes.size(), &header.size.width, &header.size.height,
                            &subsampling, &header.colours) != 0)
        return std::nullopt;
    return header;
}

}  // namespace

std::optional<ImageSize> jpeg_size(const std::vector<unsigned char>& bytes) {
    const auto header = read_header(make_decoder(), bytes);
    return header ? std::optional(header->size) : std::nullopt;
}

Image decode_jpeg(const std::vector<unsigned char>& bytes) {
    const Decoder decoder = make_decoder();
    const auto header = read_header(decoder, bytes);
    if (!header) throw InputError(fmt::format("is not a JPEG that can be read: {}", tjGetErrorStr2(decoder.get())));
    const auto [size, colours] = *header;
    require_plausible(size, bytes.size());
    if (colours != TJCS_CMYK && colours != TJCS_YCCK) return decode(decoder, bytes, size, TJPF_RGB);
    Image image = decode(decoder, bytes, size, TJPF_CMYK);
    cmyk_to_rgb(image);
    return image;
}

std::string encode_jpeg(const Image& image, int quality) {
    struct Free {
        void operator()(unsigned char* bytes) const { tjFree(bytes); }
    };
    const std::unique_ptr<void, Destroy> encoder(tjInitCompress());
    unsigned char* bytes = nullptr;
    unsigned long length = 0;
    const int status = encoder == nullptr
                           ? -1
                           : tjCompress2(encoder.get(), image.pixels.data(), image.size.width, 0, image.size.height,
                                         TJPF_RGB, &bytes, &length, TJSAMP_420, quality, TJFLAG_ACCURATEDCT);
    const std::unique_ptr<unsigned char, Free> owner(bytes);
    if (status != 0)
        throw LibraryError(fmt::format("an image cannot be encoded as JPEG: {}", tjGetErrorStr2(encoder.get())));
    return {reinterpret_cast<const char*>(bytes), length};
}

}  // namespace semscope::data
