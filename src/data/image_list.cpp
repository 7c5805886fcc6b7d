#include "semscope/data/image_list.hpp"

#include "semscope/core/digest.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/text.hpp"
#include "semscope/data/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
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

/// What a line says: nothing as scene when it is not in the table.
struct Entry {
    std::string path;
    std::optional<std::int32_t> scene;
    std::string problem = {};        ///< what is wrong with the line; "" where path and scene are to be judged
    std::optional<long> index = {};  ///< of the second column
    std::int32_t folder_scene = ImageList::unknown_scene;  ///< as the folders say it, beside an index
};

bool ends_as_picture(std::string_view text) {
    std::string end(text.substr(text.size() < 5 ? 0 : text.size() - 5));
    std::transform(end.begin(), end.end(), end.begin(), [](unsigned char c) { return std::tolower(c); });
    return end.ends_with(".jpg") || end.ends_with(".jpeg") || end.ends_with(".png");
}

/// Comments of an image list. A line such as "#1.jpg" may be a photo: it is no comment, and parse_line() refuses it.
bool is_list_comment(std::string_view text) {
    if (!is_comment(text)) return false;
    const std::string_view rest = text.substr(1);
    const bool like_a_photo = !rest.empty() && rest.front() != ' ' && rest.front() != '\t' && rest.front() != '#' &&
                              ends_as_picture(rest.substr(0, rest.find_first_of(" \t,")));
    return !like_a_photo;
}

struct Columns {
    std::string_view path;
    std::optional<std::string_view> second;
};

std::string_view unquote(std::string_view text) {
    text = trim(text);
    const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
    return quoted ? text.substr(1, text.size() - 2) : text;
}

/// The columns of a line, between a tab; or a comma, semicolon or blank behind what ends as a picture's name. Paths may
/// hold blanks and commas: elsewhere a blank only separates when what follows the last one is a scene.
Columns split_columns(std::string_view text, const SceneNames& scenes) {
    const auto cut = [&](std::size_t at) { return Columns{unquote(text.substr(0, at)), unquote(text.substr(at + 1))}; };
    if (const std::size_t tab = text.find('\t'); tab != std::string_view::npos) return cut(tab);
    for (std::size_t at = text.find_first_of(" ,;"); at != std::string_view::npos;
         at = text.find_first_of(" ,;", at + 1)) {
        if (!ends_as_picture(unquote(text.substr(0, at)))) continue;
        const std::string_view rest = unquote(text.substr(at + 1));
        const bool number = !rest.empty() && rest.find_first_not_of("-0123456789") == std::string_view::npos;
        if (text[at] != ' ' || number || scenes.find(rest)) return cut(at);
    }
    const std::size_t blank = text.rfind(' ');
    if (blank != std::string_view::npos && scene_of_column(text.substr(blank + 1), scenes)) return cut(blank);
    return {unquote(text), std::nullopt};
}

/// The path as it is meant: with slashes where it has backslashes alone, and without the first slash where it is one of
/// Places365's own lists, "/a/airfield/1.jpg".
std::string plain_slashes(std::string_view path) {
    std::string out(path);
    if (out.find('/') == std::string::npos) std::replace(out.begin(), out.end(), '\\', '/');
    const bool drawer =
        out.size() > 3 && out[0] == '/' && std::isalpha(static_cast<unsigned char>(out[1])) != 0 && out[2] == '/';
    return drawer ? out.substr(1) : out;
}

/// What keeps a path from being one of a photo; "" when nothing does.
std::string problem_with_photo_path(const std::string& path) {
    const bool drive = path.size() > 2 && path[1] == ':' && std::isalpha(static_cast<unsigned char>(path[0])) != 0 &&
                       (path[2] == '/' || path[2] == '\\');
    if (drive) return "is an absolute path of Windows; paths are relative to data.root";
    if (std::string fault = problem_with_relative_path(path); !fault.empty())
        return path.starts_with('/') ? fault + "; paths are relative to data.root" : fault;
    const std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
    // Figures are named after it, with an ending and more.
    constexpr std::size_t longest = 225;
    if (name.size() > longest)
        return fmt::format("has a name of {} bytes; figures are named after photos, with {} bytes at most", name.size(),
                           longest);
    return "";
}

Entry parse_line(std::string_view text, const SceneNames& scenes) {
    Entry entry;
    if (text.front() == '#') {
        entry.problem = "begins with '#': of a comment write \"# ...\", of such a name \"./#...\"";
        return entry;
    }
    const Columns columns = split_columns(text, scenes);
    entry.path = plain_slashes(columns.path);
    entry.problem = problem_with_photo_path(entry.path);
    const auto of_folders = scene_of_folders(entry.path, scenes);
    entry.scene = of_folders;
    if (columns.second) {
        entry.scene = scene_of_column(*columns.second, scenes);
        long index = 0;
        const char* const end = columns.second->data() + columns.second->size();
        const auto [stop, error] = std::from_chars(columns.second->data(), end, index);
        if (error == std::errc() && stop == end) {
            entry.index = index;
            entry.folder_scene = of_folders.value_or(ImageList::unknown_scene);
            if (!entry.scene && entry.problem.empty())
                entry.problem = fmt::format(
                    "has the scene index {}, but the {} scenes have 0 to {}{}", index, scenes.size(), scenes.size() - 1,
                    index == static_cast<long>(scenes.size()) ? "; do they count from 1 here?" : "");
        }
    } else if (entry.path.find_first_of("/.") == std::string::npos &&
               entry.path.find_first_of(",;") != std::string::npos) {
        entry.problem = "looks like the heading of a table; remove the line";
    }
    return entry;
}

/// Whether all indices of a list are one more than what the folders beside them say.
class IndexBase {
  public:
    void add(const Entry& entry) {
        if (!entry.index || entry.folder_scene == ImageList::unknown_scene) return;
        ++lines_;
        one_more_ += *entry.index == long{entry.folder_scene} + 1 ? 1 : 0;
    }
    bool counts_from_1() const { return lines_ > 1 && one_more_ == lines_; }

  private:
    std::size_t lines_ = 0;
    std::size_t one_more_ = 0;
};

/// The path without empty parts and "."; two paths of one file are equal then.
std::string plain_path(std::string_view path) {
    std::string plain;
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        const std::string_view part = path.substr(begin, end - begin);
        if (part == "..")
            plain.resize(std::min(plain.rfind('/'), plain.size()));
        else if (!part.empty() && part != ".")
            plain.append("/").append(part);
        begin = end + 1;
    }
    return plain;
}

/// An image that stands in the list before.
struct Double {
    std::uint32_t image = 0;
    std::uint32_t first = 0;
};

/// The images whose `key_of(image)` is that of an earlier one, ascending. Takes 16 bytes an image.
template <class KeyOf>
std::vector<Double> find_doubles(const ImageList& images, std::size_t most, const KeyOf& key_of) {
    struct Key {
        std::size_t hash = 0;
        std::uint32_t image = 0;
    };
    std::vector<Key> keys(images.size());
    for (std::uint32_t i = 0; i < keys.size(); ++i) keys[i] = {std::hash<std::string_view>()(key_of(i)), i};
    // By key where the hashes are equal: a list that was made to collide must not take quadratic time.
    std::sort(keys.begin(), keys.end(), [&](const Key& a, const Key& b) {
        if (a.hash != b.hash) return a.hash < b.hash;
        const int order = std::string_view(key_of(a.image)).compare(key_of(b.image));
        return order != 0 ? order < 0 : a.image < b.image;
    });
    std::vector<Double> doubles;
    for (std::size_t i = 1, first = 0; i < keys.size() && doubles.size() < most; ++i) {
        const bool equal = keys[i].hash == keys[first].hash && key_of(keys[i].image) == key_of(keys[first].image);
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
    const auto doubles =
        find_doubles(images, maximum_problems, [&](std::uint32_t image) { return plain_path(images.path(image)); });
    if (doubles.empty()) return;
    std::unordered_map<std::uint32_t, std::uint64_t> line_of;
    for (const Double& each : doubles) line_of[each.image] = line_of[each.first] = 0;
    std::uint32_t image = 0;
    for_each_line(
        path,
        [&](std::uint64_t number, std::string_view) {
            if (const auto wanted = line_of.find(image); wanted != line_of.end()) wanted->second = number;
            return ++image < images.size();
        },
        is_list_comment);
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
    IndexBase base;
    const auto visit = [&](std::uint64_t number, std::string_view text) {
        if (images.size() == most) {
            if (limit == 0) throw InputError(fmt::format("{}: more than {} images", path.string(), most));
            return false;
        }
        const Entry entry = parse(text);
        if (!entry.problem.empty())
            problems.add(fmt::format("{}: {} {}", position(path, number), quote(text), entry.problem));
        else if (!entry.scene)
            problems.add(fmt::format("{}: unknown scene in {}", position(path, number), quote(text)));
        base.add(entry);
        images.add(entry.path, entry.scene.value_or(ImageList::unknown_scene));
        return problems.list().size() < maximum_problems;
    };
    for_each_line(path, visit, is_list_comment);
    if (base.counts_from_1())
        problems.add(
            fmt::format("{}: every scene index is one more than its folder says; indices count from 0", path.string()));
    if (problems.list().size() >= maximum_problems)
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

void require_own_label_maps(const ImageList& images, const LabelNaming& naming) {
    constexpr std::size_t most = 50;
    Problems problems;
    for (std::size_t i = 0; i < images.size() && problems.list().size() < most; ++i)
        problems.collect([&] { (void)label_map_path(images.path(i), naming); });
    problems.throw_if_any();
    const auto key = [&](std::uint32_t image) { return plain_path(label_map_path(images.path(image), naming)); };
    for (const Double& each : find_doubles(images, most, key))
        problems.add(fmt::format("{} and {} have one label map, {}", quote(images.path(each.first)),
                                 quote(images.path(each.image)),
                                 quote(label_map_path(images.path(each.image), naming))));
    problems.throw_if_any();
}

ImageList read_image_list(const std::filesystem::path& path, const SceneNames& scenes, std::uint64_t limit) {
    return read(path, limit, [&](std::string_view text) { return parse_line(text, scenes); });
}

ImageList read_image_paths(const std::filesystem::path& path, std::uint64_t limit) {
    static const SceneNames none({});
    return read(path, limit, [](std::string_view text) {
        Entry entry = parse_line(text, none);
        entry.scene = ImageList::unknown_scene;
        return entry;
    });
}

}  // namespace semscope::data
