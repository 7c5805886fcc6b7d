#include "jpeg.hpp"

#include "picture_file.hpp"
#include "semscope/core/errors.hpp"

#include <fmt/format.h>
#include <turbojpeg.h>

#include <memory>
#include <string_view>

namespace semscope::data {

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
