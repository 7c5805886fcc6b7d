#include "png.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/data/image.hpp"

#include <fmt/format.h>
#include <png.h>
#include <zlib.h>

#include <array>
#include <cmath>
#include <csetjmp>
#include <cstdio>
#include <cstring>

namespace semscope::data {

namespace {

/// libpng at work on a file in memory. It reports errors with longjmp, so each of its calls runs in guarded(), where
/// nothing that a jump would skip has a destructor.
class PngReader {
  public:
    explicit PngReader(const Bytes& bytes) : bytes_(bytes) {
        png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
        if (png_ != nullptr) info_ = png_create_info_struct(png_);
        if (info_ == nullptr) {
            png_destroy_read_struct(&png_, nullptr, nullptr);
            throw LibraryError("libpng cannot start a decoder");
        }
        png_set_read_fn(png_, this, fetch);
    }
    ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
    PngReader(const PngReader&) = delete;
    PngReader& operator=(const PngReader&) = delete;

    /// Reads the header; the size is one that may be allocated.
    void read_header() {
        guarded([this] { png_read_info(png_, info_); });
        require_plausible(size(), bytes_.size());
    }
    ImageSize size() const {
        constexpr png_uint_32 most = PNG_UINT_31_MAX;
        return {static_cast<int>(std::min(png_get_image_width(png_, info_), most)),
                static_cast<int>(std::min(png_get_image_height(png_, info_), most))};
    }
    int bits() const { return png_get_bit_depth(png_, info_); }
    bool indexed() const { return png_get_color_type(png_, info_) == PNG_COLOR_TYPE_PALETTE; }
    bool gray() const { return (png_get_color_type(png_, info_) & PNG_COLOR_MASK_COLOR) == 0; }

    void ask_for_rgb() {
        guarded([this] {
            if (indexed()) png_set_palette_to_rgb(png_);
            if (gray() && bits() < 8) png_set_expand_gray_1_2_4_to_8(png_);
            if (gray()) png_set_gray_to_rgb(png_);
            png_set_strip_16(png_);
            png_set_strip_alpha(png_);
        });
    }
    void ask_for_stored_values() {
        guarded([this] {
            png_set_packing(png_);
            png_set_strip_alpha(png_);
        });
    }
    StoredLabels read_pixels() {
        guarded([this] {
            png_set_interlace_handling(png_);
            png_read_update_info(png_, info_);
        });
        StoredLabels image{size(), png_get_channels(png_, info_), bits() == 16 ? 16 : 8, {}, indexed()};
        const std::size_t length = png_get_rowbytes(png_, info_);
        if (length != static_cast<std::size_t>(image.size.width) * static_cast<std::size_t>(image.channels) *
                          static_cast<std::size_t>(image.bits / 8))
            throw LibraryError("libpng gives rows of another length than asked for");
        image.bytes.resize(length * static_cast<std::size_t>(image.size.height));
        std::vector<png_bytep> rows(static_cast<std::size_t>(image.size.height));
        for (std::size_t row = 0; row < rows.size(); ++row) rows[row] = image.bytes.data() + row * length;
        guarded([this, &rows] {
            png_read_image(png_, rows.data());
            png_read_end(png_, nullptr);
        });
        return image;
    }

  private:
    template <class Step>
    void guarded(const Step& step) {
        if (setjmp(png_jmpbuf(png_)) != 0)  // NOLINT(cert-err52-cpp): libpng's way
            throw InputError(fmt::format("is truncated or damaged: {}", message_.data()));
        step();
    }
    static void fetch(png_structp png, png_bytep out, std::size_t count) {
        auto& reader = *static_cast<PngReader*>(png_get_io_ptr(png));
        if (count > reader.bytes_.size() - reader.place_) png_error(png, "the file ends too soon");
        std::memcpy(out, reader.bytes_.data() + reader.place_, count);
        reader.place_ += count;
    }
    [[noreturn]] static void on_error(png_structp png, png_const_charp text) {
        auto& message = static_cast<PngReader*>(png_get_error_ptr(png))->message_;
        std::strncpy(message.data(), text, message.size() - 1);
        png_longjmp(png, 1);
    }
    static void on_warning(png_structp /*png*/, png_const_charp /*text*/) {}

    const Bytes& bytes_;
    std::size_t place_ = 0;
    std::array<char, 256> message_{};
    png_structp png_ = nullptr;
    png_infop info_ = nullptr;
};

}  // namespace

Image decode_png_photo(const Bytes& bytes) {
    PngReader reader(bytes);
    reader.read_header();
    reader.ask_for_rgb();
    StoredLabels colours = reader.read_pixels();
    return {colours.size, colours.channels, std::move(colours.bytes)};
}

StoredLabels decode_png_labels(const Bytes& bytes) {
    PngReader reader(bytes);
    reader.read_header();
    reader.ask_for_stored_values();
    return reader.read_pixels();
}

namespace {

constexpr double inches_per_metre = 1000 / 25.4;
// Of photos and drawings: twice as fast as zlib's default, and a few per cent larger.
constexpr int drawing_level = 4;

/// What a PNG file is made of: an Image or StoredLabels.
struct Raster {
    ImageSize size;
    int channels = 1;
    int bits = 8;
    const std::vector<std::uint8_t>& bytes;
};

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

    std::string write(const Raster& image, const PngStyle& style) {
        const auto width = static_cast<std::size_t>(image.size.width);
        const auto height = static_cast<std::size_t>(image.size.height);
        const std::size_t length = image.bytes.size() / height;
        if (style.flat) {  // runs of equal differences pack well and fast
            png_set_filter(png_, PNG_FILTER_TYPE_BASE, PNG_FILTER_SUB);
            png_set_compression_level(png_, Z_BEST_SPEED);
            png_set_compression_strategy(png_, Z_RLE);
        } else {
            png_set_compression_level(png_, drawing_level);
        }
        png_set_IHDR(png_, info_, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), image.bits,
                     image.channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
                     PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
        if (style.dpi > 0) {
            const auto per_metre = static_cast<png_uint_32>(std::lround(style.dpi * inches_per_metre));
            png_set_pHYs(png_, info_, per_metre, per_metre, PNG_RESOLUTION_METER);
        }
        png_write_info(png_, info_);
        for (std::size_t row = 0; row < height; ++row) png_write_row(png_, image.bytes.data() + row * length);
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

std::string encode(const Raster& image, const PngStyle& style) {
    const auto bytes = static_cast<std::size_t>(image.size.width) * static_cast<std::size_t>(image.size.height) *
                       static_cast<std::size_t>(image.channels) * static_cast<std::size_t>(image.bits / 8);
    if ((image.channels != 1 && image.channels != 3) || bytes == 0 || bytes != image.bytes.size())
        throw LibraryError(fmt::format("an image cannot be encoded as PNG: {}x{} pixels of {} channels in {} bytes",
                                       image.size.width, image.size.height, image.channels, image.bytes.size()));
    return PngWriter().write(image, style);
}

}  // namespace

std::string encode_png(const Image& image, const PngStyle& style) {
    return encode({image.size, image.channels, 8, image.pixels}, style);
}

std::string encode_png(const StoredLabels& labels) {
    return encode({labels.size, labels.channels, labels.bits, labels.bytes}, {});
}

}  // namespace semscope::data
