#include "semscope/figure/png.hpp"

#include "semscope/base/error.hpp"

#include <png.h>

#include <cmath>

namespace semscope::figure {
namespace {

constexpr double inches_per_metre = 1000 / 25.4;
// Pictures are flat areas and photos; level 4 is twice as fast as the default and costs a few per cent of size.
constexpr int compression_level = 4;

class Writer {
  public:
    Writer() : png_(png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, &Writer::fail, &Writer::warn)) {
        if (png_ != nullptr) info_ = png_create_info_struct(png_);
        if (info_ == nullptr) {
            png_destroy_write_struct(&png_, nullptr);
            throw LibraryError("libpng cannot be started");
        }
        png_set_write_fn(png_, &bytes_, &Writer::append, nullptr);
    }
    ~Writer() { png_destroy_write_struct(&png_, &info_); }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    void header(const RgbImage& image, double dpi) {
        png_set_IHDR(png_, info_, static_cast<png_uint_32>(image.width), static_cast<png_uint_32>(image.height), 8,
                     PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
        if (dpi > 0) {
            const auto per_metre = static_cast<png_uint_32>(std::lround(dpi * inches_per_metre));
            png_set_pHYs(png_, info_, per_metre, per_metre, PNG_RESOLUTION_METER);
        }
        png_set_compression_level(png_, compression_level);
        png_write_info(png_, info_);
    }

    std::string rows(const RgbImage& image) {
        for (std::size_t row = 0; row < image.height; ++row)
            png_write_row(png_, image.pixels.data() + row * image.width * 3);
        png_write_end(png_, nullptr);
        return std::move(bytes_);
    }

  private:
    // An exception may pass through libpng's C frames: they hold nothing that png_destroy_write_struct does not free.
    [[noreturn]] static void fail(png_structp, png_const_charp message) {
        throw LibraryError(std::string("libpng: ") + message);
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

std::string encode_png(const RgbImage& image, double dpi) {
    check(image);
    Writer writer;
    writer.header(image, dpi);
    return writer.rows(image);
}

}  // namespace semscope::figure
