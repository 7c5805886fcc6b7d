#include "semscope/data/pictures.hpp"

#include "semscope/core/errors.hpp"

#include <fmt/format.h>

namespace semscope::data {

namespace {

struct DecodedFile {
    LabelMap map;
    FileIdentity identity;
};

DecodedFile decode_file(const PictureTree& tree, std::string_view path, const LabelDecoder& decoder) {
    const LabelFile file = read_label_image(tree, path, decoder.storage());
    try {
        DecodedFile decoded{decoder.decode(file.stored), file.identity};
        decoded.map.file_digest = file.digest;
        return decoded;
    } catch (const InputError& error) {
        throw InputError(fmt::format("{}: {}", tree.name(path), error.what()));
    }
}

/// What is wrong with a label map of another size than its photo, and what to do.
std::string describe_sizes(ImageSize map, const PhotoHeader& photo) {
    std::string text = fmt::format("label map of {}x{} pixels for a photo of {}x{}", map.width, map.height,
                                   photo.size.width, photo.size.height);
    if (map == ImageSize{photo.size.height, photo.size.width})
        return text + fmt::format(
                          "; width and height are exchanged, so one of them was turned by its EXIF orientation "
                          "(the photo's is {}): see data.exif",
                          photo.orientation);
    return text + "; if it shows the same view, labels.resize = nearest brings it to the photo's size";
}

}  // namespace

LabelMap LabelMaps::read(std::string_view photo_path, const PhotoHeader* photo) const {
    const std::string path = label_map_path(photo_path, naming);
    auto [map, identity] = decode_file(*tree, path, *decoder);
    if (photo == nullptr) return std::move(map);
    if (identity.known() && identity == photo->identity)
        throw InputError(fmt::format("{}: is the photo itself, not its label map; see labels.root and labels.suffix",
                                     tree->name(path)));
    if (map.size == photo->size) return std::move(map);
    const bool transposed = map.size == ImageSize{photo->size.height, photo->size.width};
    if (resize == LabelResize::none || transposed)
        throw InputError(fmt::format("{}: {} ({})", tree->name(path), describe_sizes(map.size, *photo), photo_path));
    return resize_labels(map, photo->size);
}

LabelMap read_label_map(const std::filesystem::path& path, const LabelDecoder& decoder) {
    return decode_file(FolderTree{std::filesystem::path()}, path.string(), decoder).map;
}

}  // namespace semscope::data
