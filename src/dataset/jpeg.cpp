#include "jpeg.hpp"

#include "semscope/base/error.hpp"

#include <fmt/format.h>
#include <turbojpeg.h>

#include <memory>
#include <string_view>

namespace semscope::dataset {

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

}  // namespace

std::optional<ImageSize> jpeg_size(const std::vector<unsigned char>& bytes) {
    const Decoder decoder = make_decoder();
    ImageSize size;
    int subsampling = 0;
    int colours = 0;
    if (tjDecompressHeader3(decoder.get(), bytes.data(), bytes.size(), &size.width, &size.height, &subsampling,
                            &colours) != 0)
        return std::nullopt;
    return size;
}

std::optional<Image> decode_jpeg(const std::vector<unsigned char>& bytes) {
    const Decoder decoder = make_decoder();
    Image image;
    int subsampling = 0;
    int colours = 0;
    if (tjDecompressHeader3(decoder.get(), bytes.data(), bytes.size(), &image.size.width, &image.size.height,
                            &subsampling, &colours) != 0)
        throw InputError(fmt::format("is not a JPEG that can be read: {}", tjGetErrorStr2(decoder.get())));
    if (colours == TJCS_CMYK || colours == TJCS_YCCK) return std::nullopt;

    const auto pixels = static_cast<std::size_t>(image.size.width) * static_cast<std::size_t>(image.size.height);
    image.pixels.resize(3 * pixels);
    const int status = tjDecompress2(decoder.get(), bytes.data(), bytes.size(), image.pixels.data(), image.size.width,
                                     0, image.size.height, TJPF_RGB, 0);
    if (status != 0) {
        const std::string_view message = tjGetErrorStr2(decoder.get());
        if (tjGetErrorCode(decoder.get()) == TJERR_FATAL || is_fatal_warning(message))
            throw InputError(fmt::format("is truncated or damaged: {}", message));
    }
    return image;
}

}  // namespace semscope::dataset
