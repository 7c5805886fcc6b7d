#include "semscope/core/errors.hpp"
#include "semscope/data/image.hpp"

#include <fmt/format.h>
#include <png.h>
#include <zlib.h>

#include <cmath>

namespace semscope::data {

namespace {

constexpr double inches_per_metre = 1000 / 25.4;
// Of photos and drawings: twice as fast as zlib's default, and a few per cent larger.
constexpr int drawing_level = 4;

class PngWriter {
  public:
    PngWriter() : png_(png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, &PngWriter::fail, &PngWriter::warn)) {
        if (png_ != nullptr) info_ = png_create_info_struct(png_);
        if (info_ == nullptr) {
            png_destroy_write_struct(&png_, nullptr);
            throw LibraryError("an image cannot be encoded as PNG: libpng cannot be started");
        }
        png_set_write_fn(png_, &bytes_, &PngWriter::append, nullptr);
    }
    ~PngWriter() { png_destroy_write_struct(&png_, &info_); }
    PngWriter(const PngWriter&) = delete;
    PngWriter& operator=(const PngWriter&) = delete;

    std::string write(const Image& image, const PngStyle& style) {
        const auto width = static_cast<std::size_t>(image.size.width);
        const auto height = static_cast<std::size_t>(image.size.height);
        const auto channels = static_cast<std::size_t>(image.channels);
        if (style.flat) {  // runs of equal differences pack well and fast
            png_set_filter(png_, PNG_FILTER_TYPE_BASE, PNG_FILTER_SUB);
            png_set_compression_level(png_, Z_BEST_SPEED);
            png_set_compression_strategy(png_, Z_RLE);
        } else {
            png_set_compression_level(png_, drawing_level);
        }
        png_set_IHDR(png_, info_, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), 8,
                     channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
                     PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
        if (style.dpi > 0) {
            const auto per_metre = static_cast<png_uint_32>(std::lround(style.dpi * inches_per_metre));
            png_set_pHYs(png_, info_, per_metre, per_metre, PNG_RESOLUTION_METER);
        }
        png_write_info(png_, info_);
        for (std::size_t row = 0; row < height; ++row)
            png_write_row(png_, image.pixels.data() + row * width * channels);
        png_write_end(png_, info_);
        return std::move(bytes_);
    }

  private:
    // An exception may pass through libpng's C frames: they hold nothing that png_destroy_write_struct does not free.
    [[noreturn]] static void fail(png_structp, png_const_charp message) {
        throw LibraryError(std::string("an image cannot be encoded as PNG: libpng: ") + message);
    }
    static void warn(png_structp, png_const_charp) {}
    static void append(png_structp png, png_bytep data, png_size_t length) {
        static_cast<std::string*>(png_get_io_ptr(png))->append(reinterpret_cast<const char*>(data), length);
    }

    std::string bytes_;
    png_structp png_;
    png_infop info_ = nullptr;
};

}  // namespace

std::string encode_png(const Image& image, const PngStyle& style) {
    const auto values = static_cast<std::size_t>(image.size.width) * static_cast<std::size_t>(image.size.height) *
                        static_cast<std::size_t>(image.channels);
    if ((image.channels != 1 && image.channels != 3) || values != image.pixels.size())
        throw LibraryError(fmt::format("an image cannot be encoded as PNG: {}x{} pixels of {} channels in {} bytes",
                                       image.size.width, image.size.height, image.channels, image.pixels.size()));
    return PngWriter().write(image, style);
}

}  // namespace semscope::data
