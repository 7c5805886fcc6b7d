#include "semscope/data/image.hpp"

#include "jpeg.hpp"
#include "picture_file.hpp"
#include "png_reader.hpp"
#include "semscope/core/errors.hpp"

#include <fmt/format.h>
#include <png.h>

#include <algorithm>

namespace semscope::data {

namespace {

/// Adds the path to the message of an InputError.
template <class Read>
auto naming(const std::filesystem::path& path, Read&& read) {
    try {
        return read();
    } catch (const InputError& error) {
        throw InputError(fmt::format("{}: {}", path.string(), error.what()));
    }
}

/// libpng reads the file itself, since any number of other chunks may stand before the pixels.
ImageSize png_size(const std::filesystem::path& path) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (png_image_begin_read_from_file(&image, path.c_str()) == 0)
        throw InputError(fmt::format("is truncated or damaged: {}", static_cast<const char*>(image.message)));
    const ImageSize size{static_cast<int>(std::min<png_uint_32>(image.width, PNG_UINT_31_MAX)),
                         static_cast<int>(std::min<png_uint_32>(image.height, PNG_UINT_31_MAX))};
    png_image_free(&image);
    return size;
}

ImageSize size_of_jpeg(const Bytes& header, const std::filesystem::path& path) {
    if (const auto size = jpeg_size(header)) return *size;
    // Large embedded previews or profiles can push the frame header further back.
    if (const auto size = jpeg_size(read_bytes(path))) return *size;
    throw InputError("is not a JPEG that can be read: it has no frame header");
}

}  // namespace

ImageSize read_image_size(const std::filesystem::path& path) {
    constexpr std::size_t header_bytes = 65536;
    const Bytes header = read_bytes(path, header_bytes);
    return naming(path, [&] {
        const ImageSize size = format_of(header) == PictureFormat::jpeg ? size_of_jpeg(header, path) : png_size(path);
        require_plausible(size, std::filesystem::file_size(path));
        return size;
    });
}

Image read_photo(const std::filesystem::path& path) {
    const Bytes bytes = read_bytes(path);
    return naming(
        path, [&] { return format_of(bytes) == PictureFormat::jpeg ? decode_jpeg(bytes) : decode_png_photo(bytes); });
}

Image read_label_image(const std::filesystem::path& path) {
    const Bytes bytes = read_bytes(path);
    return naming(path, [&] {
        if (format_of(bytes) == PictureFormat::jpeg)
            throw InputError("is a JPEG, which changes the values of a label map; label maps are PNG files");
        return decode_png_labels(bytes);
    });
}

std::string library_description() {
    return fmt::format("libjpeg-turbo {}, libpng {}", SEMSCOPE_TURBOJPEG, png_get_libpng_ver(nullptr));
}

}  // namespace semscope::data
