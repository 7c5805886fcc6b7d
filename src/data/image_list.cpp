#include "semscope/data/image_list.hpp"

#include "semscope/core/digest.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/text.hpp"
#include "semscope/data/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <unordered_map>
#include <utility>

namespace semscope::data {

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

/// A path without its last part, and that part; no slashes in between.
std::pair<std::string_view, std::string_view> split_last(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos) return {{}, path};
    const std::size_t end = path.find_last_not_of('/', slash);
    return {path.substr(0, end == std::string_view::npos ? 0 : end + 1), path.substr(slash + 1)};
}

/// The scene as the folders say it: the last one, or the last two for scenes with one more level.
std::optional<std::int32_t> scene_of_folders(std::string_view path, const SceneNames& scenes) {
    const auto [above, last] = split_last(split_last(path).first);
    if (last.empty()) return ImageList::unknown_scene;
    if (const auto scene = scenes.find(last)) return scene;
    return scenes.find(fmt::format("{}-{}", split_last(above).second, last));
}

/// Where the second column begins; npos when the whole line is the path. Paths may hold blanks, so a blank only
/// separates when what follows the last one is a scene.
std::size_t column_separator(std::string_view text, const SceneNames& scenes) {
    if (const std::size_t tab = text.find('\t'); tab != std::string_view::npos) return tab;
    const std::size_t blank = text.rfind(' ');
    if (blank != std::string_view::npos && scene_of_column(text.substr(blank + 1), scenes)) return blank;
    return std::string_view::npos;
}

/// What a line says: nothing as scene when it is not in the table.
struct Entry {
    std::string_view path;
    std::optional<std::int32_t> scene;
};

/// An image that stands in the list before.
struct Double {
    std::uint32_t image = 0;
    std::uint32_t first = 0;
};

/// The images whose path stands in the list before, ascending. Takes 16 bytes an image.
std::vector<Double> find_doubles(const ImageList& images, std::size_t most) {
    struct Key {
        std::size_t hash = 0;
        std::uint32_t image = 0;
    };
    std::vector<Key> keys(images.size());
    for (std::uint32_t i = 0; i < keys.size(); ++i) keys[i] = {std::hash<std::string_view>()(images.path(i)), i};
    // By path where the hashes are equal: a list that was made to collide must not take quadratic time.
    std::sort(keys.begin(), keys.end(), [&](const Key& a, const Key& b) {
        if (a.hash != b.hash) return a.hash < b.hash;
        const int order = images.path(a.image).compare(images.path(b.image));
        return order != 0 ? order < 0 : a.image < b.image;
    });
    std::vector<Double> doubles;
    for (std::size_t i = 1, first = 0; i < keys.size() && doubles.size() < most; ++i) {
        const bool equal =
            keys[i].hash == keys[first].hash && images.path(keys[i].image) == images.path(keys[first].image);
        if (equal)
            doubles.push_back({keys[i].image, keys[first].image});
        else
            first = i;
    }
    std::sort(doubles.begin(), doubles.end(), [](const Double& a, const Double& b) { return a.image < b.image; });
    return doubles;
}

/// Problems that are collected at most: a file of another kind has one in every line.
constexpr std::size_t maximum_problems = 1000;

/// Reports the doubles with the numbers of both lines, for which the file is read again: they are kept for no image.
void report_doubles(const std::filesystem::path& path, const ImageList& images, Problems& problems) {
    const auto doubles = find_doubles(images, maximum_problems);
    if (doubles.empty()) return;
    std::unordered_map<std::uint32_t, std::uint64_t> line_of;
    for (const Double& each : doubles) line_of[each.image] = line_of[each.first] = 0;
    std::uint32_t image = 0;
    for_each_line(path, [&](std::uint64_t number, std::string_view) {
        if (const auto wanted = line_of.find(image); wanted != line_of.end()) wanted->second = number;
        return ++image < images.size();
    });
    for (const Double& each : doubles)
        problems.add(fmt::format("{}: image {} stands already in line {}", position(path, line_of[each.image]),
                                 quote(images.path(each.image)), line_of[each.first]));
}

/// Reads a list, `parse` making an Entry of each line.
template <class Parse>
ImageList read(const std::filesystem::path& path, std::uint64_t limit, const Parse& parse) {
    // Result files number images with 32 bits.
    const std::uint64_t most = limit > 0 ? limit : std::numeric_limits<std::uint32_t>::max();
    ImageList images;
    Problems problems;
    for_each_line(path, [&](std::uint64_t number, std::string_view text) {
        if (images.size() == most) {
            if (limit == 0) throw InputError(fmt::format("{}: more than {} images", path.string(), most));
            return false;
        }
        const Entry entry = parse(text);
        if (const std::string fault = problem_with_relative_path(entry.path); !fault.empty())
            problems.add(fmt::format("{}: the path {} {}", position(path, number), quote(entry.path), fault));
        else if (!entry.scene)
            problems.add(fmt::format("{}: unknown scene in {}", position(path, number), quote(text)));
        images.add(entry.path, entry.scene.value_or(ImageList::unknown_scene));
        return problems.list().size() < maximum_problems;
    });
    if (problems.list().size() == maximum_problems)
        problems.add(fmt::format("{}: not read to its end, after so many problems", path.string()));
    else
        report_doubles(path, images, problems);
    problems.throw_if_any();
    return images;
}

}  // namespace

void ImageList::add(std::string_view path, std::int32_t scene) {
    text_ += path;
    ends_.push_back(text_.size());
    scenes_.push_back(scene);
    maximum_path_bytes_ = std::max(maximum_path_bytes_, path.size());
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
    return read(path, limit, [&](std::string_view text) {
        const std::size_t separator = column_separator(text, scenes);
        const std::string_view file = trim(text.substr(0, separator));
        const auto scene = separator == std::string_view::npos
                               ? scene_of_folders(file, scenes)
                               : scene_of_column(trim(text.substr(separator + 1)), scenes);
        return Entry{file, scene};
    });
}

ImageList read_image_paths(const std::filesystem::path& path, std::uint64_t limit) {
    return read(path, limit, [](std::string_view text) {
        return Entry{trim(text.substr(0, text.find('\t'))), ImageList::unknown_scene};
    });
}

}  // namespace semscope::data
