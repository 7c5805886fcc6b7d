#include "semscope/comparison/comparable.hpp"

#include "semscope/cli/configuration.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/comm/partition.hpp"
#include "semscope/core/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace semscope::comparison {
namespace {

using results::OcclusionReader;
using results::Range;

constexpr std::uint64_t images_at_once = std::uint64_t{1} << 14;

/// What differs between two lists of names, "" when nothing does.
std::string difference(const char* noun, const std::vector<std::string>& first,
                       const std::vector<std::string>& second) {
    const auto [a, b] = std::mismatch(first.begin(), first.end(), second.begin(), second.end());
    if (a == first.end() && b == second.end()) return "";
    const auto name = [](auto place, auto end) { return place == end ? std::string("missing") : quote(*place); };
    const std::string counts =
        first.size() == second.size() ? "" : fmt::format("{} instead of {}; ", second.size(), first.size());
    return fmt::format("{}{} {} is {} instead of {}", counts, noun, a - first.begin(), name(b, second.end()),
                       name(a, first.end()));
}

/// Images of a share that differ in some respect, and an example.
struct Differing {
    std::uint64_t images = 0;
    std::string example;  ///< of the first of them

    void add(const std::string& text) {
        if (images++ == 0) example = text;
    }
};

/// What differs between the images of two files.
struct ImageDifferences {
    Differing path;
    Differing scene;
    Differing photo;
};

std::string scene_name(const std::vector<std::string>& names, std::int32_t scene) {
    return scene < 0 || static_cast<std::size_t>(scene) >= names.size() ? "unknown"
                                                                        : names[static_cast<std::size_t>(scene)];
}

void compare_block(const OcclusionReader& first, const OcclusionReader& second, Range images,
                   const std::vector<std::string>& scenes, ImageDifferences& found) {
    const auto paths = first.image_paths(images), other_paths = second.image_paths(images);
    const auto scene = first.image_scenes(images), other_scene = second.image_scenes(images);
    const auto status = first.image_status(images), other_status = second.image_status(images);
    const auto photo = first.photo_digests(images), other_photo = second.photo_digests(images);
    for (std::size_t i = 0; i < paths.size(); ++i) {
        if (paths[i] != other_paths[i]) {
            found.path.add(fmt::format("image {} is {} and {}", images.begin + i, paths[i], other_paths[i]));
            continue;
        }
        if (scene[i] != other_scene[i])
            found.scene.add(fmt::format("{} is of {} and of {}", paths[i], scene_name(scenes, scene[i]),
                                        scene_name(scenes, other_scene[i])));
        const bool done = status[i] == stored(results::ImageStatus::done) && other_status[i] == status[i];
        if (done && photo[i] != 0 && other_photo[i] != 0 && photo[i] != other_photo[i]) found.photo.add(paths[i]);
    }
}

/// "3 in A alone (x, y, z)" for the paths of `one` that are not in `other`; "" when there are none.
std::string describe_missing(const NamedFile& one, const OcclusionReader& other) {
    const auto known = other.image_paths({0, other.images()});
    const std::unordered_set<std::string> there(known.begin(), known.end());
    std::uint64_t count = 0;
    std::vector<std::string> examples;
    for (const std::string& path : one.file.image_paths({0, one.file.images()}))
        if (!there.contains(path) && ++count <= 3) examples.push_back(path);
    if (count == 0) return "";
    return fmt::format("{} in {} alone ({}{})", count, one.path.string(), fmt::join(examples, ", "),
                       count > examples.size() ? ", ..." : "");
}

/// Why the lists of images differ. Reads all paths: only where it is known that they do. Local.
std::string describe_lists(const NamedFile& first, const NamedFile& second, const std::string& example) {
    const std::string a = describe_missing(first, second.file), b = describe_missing(second, first.file);
    if (a.empty() && b.empty())
        return fmt::format("the images stand in another order: {}; use one image list for both", example);
    return fmt::format("the images differ: {}{}{}", a, a.empty() || b.empty() ? "" : "; ", b);
}

/// The example of the first rank that has one, and the number over all ranks. Collective.
Differing join(const Differing& own, const comm::Communicator& communicator) {
    Differing all{communicator.sum(own.images), {}};
    for (const std::string& example : communicator.gather(own.example))
        if (all.example.empty()) all.example = example;
    return all;
}

/// Compares the images, each rank a share. Adds what differs on rank 0. Collective.
void check_images(const NamedFile& first, const NamedFile& second, const comm::Communicator& communicator,
                  Problems& problems) {
    const std::uint64_t common = std::min(first.file.images(), second.file.images());
    const ImageDifferences own = comm::agree(communicator, [&] {
        const auto scenes = first.file.scene_names();
        const Range share = comm::even_share(common, communicator.rank(), communicator.size());
        ImageDifferences found;
        for (std::uint64_t begin = share.begin; begin < share.end; begin += images_at_once)
            compare_block(first.file, second.file, {begin, std::min(share.end, begin + images_at_once)}, scenes, found);
        return found;
    });
    const Differing path = join(own.path, communicator), scene = join(own.scene, communicator),
                    photo = join(own.photo, communicator);
    comm::agree(communicator, [&] {
        if (!communicator.is_root()) return;
        const std::string both = fmt::format("{} and {}", first.path.string(), second.path.string());
        if (path.images > 0 || first.file.images() != second.file.images())
            problems.add(fmt::format("{}: {}", both, describe_lists(first, second, path.example)));
        if (scene.images > 0)
            problems.add(fmt::format("{}: images with another true scene: {}, the first: {}", both, scene.images,
                                     scene.example));
        if (photo.images > 0)
            problems.add(fmt::format("{}: images whose photo is another file: {}, the first: {}", both, photo.images,
                                     photo.example));
    });
}

void check_mode(const NamedFile& first, const NamedFile& second, Problems& problems) {
    const auto mode = [](const NamedFile& file) {
        return cli::recorded_value(file.file.attribute("configuration"), "occlusion.mode");
    };
    const std::string one = mode(first), other = mode(second);
    if (!one.empty() && !other.empty() && one != other)
        problems.add(
            fmt::format("{} was made with occlusion.mode = {}, {} with {}: their deviations mean different "
                        "things",
                        first.path.string(), one, second.path.string(), other));
}

}  // namespace

void check_tables(const NamedFile& first, const NamedFile& second, Problems& problems) {
    const auto check = [&](const char* nouns, const char* noun, const std::vector<std::string>& one,
                           const std::vector<std::string>& other) {
        if (const std::string text = difference(noun, one, other); !text.empty())
            problems.add(
                fmt::format("{} has other {} than {}: {}", second.path.string(), nouns, first.path.string(), text));
    };
    check("scenes", "scene", first.file.scene_names(), second.file.scene_names());
    check("semantic classes", "class", first.file.semantic_names(), second.file.semantic_names());
}

void require_comparable(const NamedFile& first, const NamedFile& second, const comm::Communicator& communicator) {
    Problems problems;
    comm::agree(communicator, [&] {
        check_tables(first, second, problems);
        check_mode(first, second, problems);
    });
    check_images(first, second, communicator, problems);
    comm::agree_on_problems(communicator, problems);
}

}  // namespace semscope::comparison
