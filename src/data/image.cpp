#include "semscope/data/image.hpp"

#include "picture_file.hpp"
#include "png.hpp"
#include "semscope/core/digest.hpp"
#include "semscope/core/errors.hpp"

#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <optional>
#include <string>

namespace semscope::data {

namespace {

/// Adds the path to the message of an InputError.
template <class Read>
auto naming(const std::filesystem::path& path, Read&& read) {
    try {
        return read();
    } catch (const UnreachableError&) {
        throw;  // names it already
    } catch (const InputError& error) {
        throw InputError(fmt::format("{}: {}", path.string(), error.what()));
    }
}

/// The size that the header gives; nothing when the bytes end before the pixels begin.
std::optional<ImageSize> png_size(const Bytes& bytes, std::string& problem) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0) {
        problem = fmt::format("is truncated or damaged: {}", static_cast<const char*>(image.message));
        return std::nullopt;
    }
    const ImageSize size{static_cast<int>(std::min<png_uint_32>(image.width, PNG_UINT_31_MAX)),
                         static_cast<int>(std::min<png_uint_32>(image.height, PNG_UINT_31_MAX))};
    png_image_free(&image);
    return size;
}

std::optional<ImageSize> size_in(const Bytes& bytes, std::string& problem) {
    if (format_of(bytes) == PictureFormat::png) return png_size(bytes, problem);
    problem = "is not a JPEG that can be read: it has no frame header";
    return jpeg_size(bytes);
}

}  // namespace

ImageSize read_image_size(const std::filesystem::path& path) {
    constexpr std::size_t header_bytes = 65536;
    FileContent file = read_file(path, header_bytes);
    return naming(path, [&] {
        std::string problem;
        auto size = size_in(file.bytes, problem);
        // Large embedded previews or profiles can push the header's end further back.
        if (!size && !file.whole()) {
            file = read_file(path);
            size = size_in(file.bytes, problem);
        }
        if (!size) throw InputError(problem);
        require_plausible(*size, file.size);
        return *size;
    });
}

std::uint64_t digest_of_picture_file(const std::filesystem::path& path) { return short_digest(read_file(path).bytes); }

Image read_photo(const std::filesystem::path& path) {
    const Bytes bytes = read_file(path).bytes;
    return naming(path, [&] {
        Image photo = format_of(bytes) == PictureFormat::jpeg ? decode_jpeg(bytes) : decode_png_photo(bytes);
        photo.file_digest = short_digest(bytes);
        return photo;
    });
}

Image read_label_image(const std::filesystem::path& path) {
    const Bytes bytes = read_file(path).bytes;
    return naming(path, [&] {
        if (format_of(bytes) == PictureFormat::jpeg)
            throw InputError("is a JPEG, which changes the values of a label map; label maps are PNG files");
        Image labels = decode_png_labels(bytes);
        labels.file_digest = short_digest(bytes);
        return labels;
    });
}

std::string library_description() {
    return fmt::format("libjpeg-turbo {}, libpng {}", SEMSCOPE_TURBOJPEG, png_get_libpng_ver(nullptr));
}

}  // namespace semscope::data
