#include "semscope/data/pictures.hpp"

#include "semscope/core/errors.hpp"

#include <fmt/format.h>

namespace semscope::data {

namespace {

LabelMap decode(const LabelFile& file, const PictureTree& tree, std::string_view path, const LabelDecoder& decoder) {
    try {
        LabelMap map = decoder.decode(file.stored);
        map.file_digest = file.digest;
        return map;
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
    const LabelFile file = read_label_image(*tree, path, decoder->storage());
    // Before its values are judged: those of a photo are no classes.
    if (photo != nullptr && file.identity.known() && file.identity == photo->identity)
        throw InputError(fmt::format("{}: is the photo itself, not its label map; see labels.root and labels.suffix",
                                     tree->name(path)));
    LabelMap map = decode(file, *tree, path, *decoder);
    if (photo == nullptr || map.size == photo->size) return map;
    const bool transposed = map.size == ImageSize{photo->size.height, photo->size.width};
    if (resize == LabelResize::none || transposed)
        throw InputError(fmt::format("{}: {} ({})", tree->name(path), describe_sizes(map.size, *photo), photo_path));
    return resize_labels(map, photo->size);
}

LabelMap read_label_map(const std::filesystem::path& path, const LabelDecoder& decoder) {
    const FolderTree tree{std::filesystem::path()};
    return decode(read_label_image(tree, path.string(), decoder.storage()), tree, path.string(), decoder);
}

}  // namespace semscope::data
