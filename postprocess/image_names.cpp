#include "image_names.hpp"

#include "semscope/base/error.hpp"
#include "semscope/base/similar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace semscope::postprocess {

namespace {

std::string stem_of(const std::string& path) { return std::filesystem::path(path).stem().string(); }

template <class Visit>
void for_each_path(const results::OcclusionReader& file, Visit&& visit) {
    constexpr std::uint64_t block = std::uint64_t{1} << 14;
    for (std::uint64_t begin = 0; begin < file.images(); begin += block) {
        const auto paths = file.image_paths({begin, std::min(file.images(), begin + block)});
        for (std::size_t i = 0; i < paths.size(); ++i) visit(begin + i, paths[i]);
    }
}

}  // namespace

ImageNames::ImageNames(const results::OcclusionReader& file) : file_(file) {
    // Two stems with one hash would only get the longer of two good names.
    std::vector<std::uint64_t> hashes;
    hashes.reserve(file.images());
    for_each_path(file, [&](std::uint64_t, const std::string& path) {
        hashes.push_back(std::hash<std::string>()(stem_of(path)));
    });
    std::sort(hashes.begin(), hashes.end());
    for (std::size_t i = 1; i < hashes.size(); ++i)
        if (hashes[i] == hashes[i - 1]) shared_stems_.push_back(hashes[i]);
}

std::string ImageNames::picture_name(const std::string& path) const {
    std::string stem = stem_of(path);
    if (!std::binary_search(shared_stems_.begin(), shared_stems_.end(), std::hash<std::string>()(stem))) return stem;
    std::string name = std::filesystem::path(path).replace_extension().string();
    std::replace(name.begin(), name.end(), '/', '-');
    return name;
}

std::optional<std::vector<std::uint64_t>> ImageNames::find(const std::vector<std::string>& wanted) const {
    if (wanted.empty()) return std::nullopt;
    std::vector<std::uint64_t> images;
    std::vector<bool> met(wanted.size());
    for_each_path(file_, [&](std::uint64_t image, const std::string& path) {
        const std::string name = std::filesystem::path(path).filename().string(), stem = stem_of(path);
        for (std::size_t w = 0; w < wanted.size(); ++w) {
            if (wanted[w] != path && wanted[w] != name && wanted[w] != stem) continue;
            met[w] = true;
            if (images.empty() || images.back() != image) images.push_back(image);
        }
    });
    Problems problems;
    for (std::size_t w = 0; w < wanted.size(); ++w) {
        if (met[w]) continue;
        std::vector<std::string> stems;
        for_each_path(file_, [&](std::uint64_t, const std::string& path) { stems.push_back(stem_of(path)); });
        problems.add(fmt::format("figures.image: there is no image \"{}\"{}", wanted[w], suggest(wanted[w], stems)));
    }
    problems.throw_if_any();
    return images;
}

}  // namespace semscope::postprocess
