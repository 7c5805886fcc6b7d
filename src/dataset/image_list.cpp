#include "semscope/dataset/image_list.hpp"

#include "semscope/base/digest.hpp"
#include "semscope/base/error.hpp"
#include "semscope/dataset/text_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace semscope::dataset {

namespace {

/// A scene as a column says it: an index, -1 for unknown, or a name.
std::optional<std::int32_t> scene_of_column(std::string_view text, const SceneNames& scenes) {
    std::int32_t index = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
    if (error == std::errc() && end == text.data() + text.size()) {
        const bool known = index >= ImageList::unknown_scene && index < static_cast<std::int32_t>(scenes.size());
        return known ? std::optional(index) : std::nullopt;
    }
    return scenes.find(text);
}

/// The scene as the folders say it: the last one, or the last two for scenes with one more level.
std::optional<std::int32_t> scene_of_folders(std::string_view path, const SceneNames& scenes) {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    if (folder.empty()) return ImageList::unknown_scene;
    if (const auto scene = scenes.find(folder.filename().string())) return scene;
    return scenes.find(folder.parent_path().filename().string() + "-" + folder.filename().string());
}

/// Where the second column begins; npos when the whole line is the path. Paths may hold blanks, so a blank only
/// separates when what follows the last one is a scene.
std::size_t column_separator(std::string_view text, const SceneNames& scenes) {
    if (const std::size_t tab = text.find('\t'); tab != std::string_view::npos) return tab;
    const std::size_t blank = text.rfind(' ');
    if (blank != std::string_view::npos && scene_of_column(text.substr(blank + 1), scenes)) return blank;
    return std::string_view::npos;
}

}  // namespace

void ImageList::add(std::string_view path, std::int32_t scene) {
    text_ += path;
    ends_.push_back(text_.size());
    scenes_.push_back(scene);
    longest_ = std::max(longest_, path.size());
}

std::string_view ImageList::path(std::size_t image) const {
    const std::uint64_t begin = image == 0 ? 0 : ends_.at(image - 1);
    return std::string_view(text_).substr(begin, ends_.at(image) - begin);
}

std::string ImageList::digest() const {
    Sha256 digest;
    for (std::size_t i = 0; i < size(); ++i) digest.update(fmt::format("{}\t{}\n", path(i), scene(i)));
    return digest.hex();
}

ImageList read_image_list(const std::filesystem::path& path, const SceneNames& scenes, std::uint64_t limit) {
    ImageList images;
    Problems problems;
    for (const Line& line : read_lines(path)) {
        if (limit > 0 && images.size() == limit) break;
        const std::string_view text = line.text;
        const std::size_t separator = column_separator(text, scenes);
        const std::string_view file = trim(text.substr(0, separator));
        const auto scene = separator == std::string_view::npos
                               ? scene_of_folders(file, scenes)
                               : scene_of_column(trim(text.substr(separator + 1)), scenes);
        if (!scene) problems.add(fmt::format("{}: unknown scene in \"{}\"", position(path, line), text));
        images.add(file, scene.value_or(ImageList::unknown_scene));
    }
    problems.throw_if_any();
    return images;
}

ImageList read_image_paths(const std::filesystem::path& path, std::uint64_t limit) {
    ImageList images;
    for (const Line& line : read_lines(path)) {
        if (limit > 0 && images.size() == limit) break;
        images.add(trim(std::string_view(line.text).substr(0, line.text.find('\t'))), ImageList::unknown_scene);
    }
    return images;
}

}  // namespace semscope::dataset
