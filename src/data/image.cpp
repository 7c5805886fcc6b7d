#include "semscope/data/image.hpp"

#include "exif.hpp"
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

/// Adds the name of the file to the message of an InputError.
template <class Read>
auto naming(const PictureTree& tree, std::string_view path, Read&& read) {
    try {
        return read();
    } catch (const UnreachableError&) {
        throw;  // names it already
    } catch (const InputError& error) {
        throw InputError(fmt::format("{}: {}", tree.name(path), error.what()));
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

/// A file by its own path.
const FolderTree& any_folder() {
    static const FolderTree tree{std::filesystem::path()};
    return tree;
}

}  // namespace

PhotoHeader read_photo_header(const PictureTree& tree, std::string_view path, ExifOrientation exif) {
    constexpr std::size_t header_bytes = 65536;
    FileContent file = tree.read(path, header_bytes);
    return naming(tree, path, [&] {
        std::string problem;
        auto size = size_in(file.bytes, problem);
        // Large embedded previews or profiles can push the header's end further back.
        if (!size && !file.whole()) {
            file = tree.read(path);
            size = size_in(file.bytes, problem);
        }
        if (!size) throw InputError(problem);
        require_plausible(*size, file.size);
        const int orientation = exif_orientation(file.bytes);
        return PhotoHeader{exif == ExifOrientation::apply ? oriented_size(*size, orientation) : *size, orientation,
                           file.identity};
    });
}

std::uint64_t digest_of_picture_file(const PictureTree& tree, std::string_view path) {
    return short_digest(tree.read(path).bytes);
}

Image read_photo(const PictureTree& tree, std::string_view path, ExifOrientation exif) {
    const Bytes bytes = tree.read(path).bytes;
    return naming(tree, path, [&] {
        Image photo = format_of(bytes) == PictureFormat::jpeg ? decode_jpeg(bytes) : decode_png_photo(bytes);
        if (exif == ExifOrientation::apply) photo = orient(std::move(photo), exif_orientation(bytes));
        photo.file_digest = short_digest(bytes);
        return photo;
    });
}

LabelFile read_label_image(const PictureTree& tree, std::string_view path, LabelStorage storage) {
    const FileContent file = tree.read(path);
    return naming(tree, path, [&] {
        if (format_of(file.bytes) == PictureFormat::jpeg)
            throw InputError("is a JPEG, which changes the values of a label map; label maps are PNG files");
        const std::uint64_t digest = short_digest(file.bytes);
        if (storage == LabelStorage::values) return LabelFile{decode_png_labels(file.bytes), file.identity, digest};
        Image colours = decode_png_photo(file.bytes);
        return LabelFile{{colours.size, colours.channels, 8, std::move(colours.pixels)}, file.identity, digest};
    });
}

ImageSize read_image_size(const std::filesystem::path& path) {
    return read_photo_header(any_folder(), path.string()).size;
}

Image read_photo(const std::filesystem::path& path) { return read_photo(any_folder(), path.string()); }

StoredLabels read_label_image(const std::filesystem::path& path) {
    return read_label_image(any_folder(), path.string()).stored;
}

std::string library_description() {
    return fmt::format("libjpeg-turbo {}, libpng {}", SEMSCOPE_TURBOJPEG, png_get_libpng_ver(nullptr));
}

}  // namespace semscope::data
