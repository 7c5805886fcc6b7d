#include "semscope/dataset/label_map.hpp"

#include "semscope/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace semscope::dataset {

namespace {

/// Class of each of the 256 values that a file can hold.
std::array<std::uint8_t, 256> decoding_table(const LabelCoding& coding) {
    std::array<std::uint8_t, 256> table{};
    for (int value = 0; value < 256; ++value) {
        const int label = (value + coding.offset) & 255;
        table[static_cast<std::size_t>(value)] = label == coding.unlabelled ? 0 : static_cast<std::uint8_t>(label);
    }
    return table;
}

/// Throws InputError when the file has no such channel.
std::size_t channel_index(LabelChannel channel, const Image& stored, const std::filesystem::path& path) {
    // A program that shrinks PNG files may have made a palette of an RGB label map: then the class stands in the
    // colour, and the index means nothing. So the user says which it is.
    if (stored.indexed && channel != LabelChannel::gray)
        throw InputError(
            fmt::format("{}: is a PNG with a palette; with labels.channel = gray its indices are the classes. If its "
                        "colours are, convert it to RGB without a palette",
                        path.string()));
    if (stored.channels == 1) return 0;
    switch (channel) {
        case LabelChannel::red:
            return 0;
        case LabelChannel::green:
            return 1;
        case LabelChannel::blue:
            return 2;
        case LabelChannel::gray:
            break;
    }
    throw InputError(
        fmt::format("{}: has {} channels where labels.channel = gray expects one", path.string(), stored.channels));
}

}  // namespace

std::uint8_t stored_value(std::uint16_t semantic, const LabelCoding& coding) {
    return static_cast<std::uint8_t>(((semantic == 0 ? coding.unlabelled : semantic) - coding.offset) & 255);
}

void require_codable(const LabelCoding& coding, std::size_t semantics) {
    if (coding.unlabelled != 0 && static_cast<std::size_t>(coding.unlabelled) < semantics)
        throw UsageError(fmt::format("labels.unlabelled = {} is also the index of one of the {} classes",
                                     coding.unlabelled, semantics - 1));
}

LabelMap read_label_map(const std::filesystem::path& path, const LabelCoding& coding, std::size_t semantics) {
    const Image stored = read_label_image(path);
    const auto channels = static_cast<std::size_t>(stored.channels);
    const std::size_t channel = channel_index(coding.channel, stored, path);
    const auto table = decoding_table(coding);
    LabelMap map{stored.size, std::vector<std::uint8_t>(stored.pixels.size() / channels)};
    for (std::size_t i = 0; i < map.labels.size(); ++i) map.labels[i] = table[stored.pixels[i * channels + channel]];

    const auto highest = std::max_element(map.labels.begin(), map.labels.end());
    if (highest != map.labels.end() && *highest >= semantics)
        throw InputError(fmt::format("{}: class {} is not in the table of {} classes (see data.semantics and labels.*)",
                                     path.string(), *highest, semantics - 1));
    return map;
}

std::filesystem::path label_map_path(const std::filesystem::path& root, std::string_view image_path) {
    return (root / image_path).replace_extension(".png");
}

std::vector<ClassCount> present_classes(const std::vector<std::uint8_t>& labels, std::uint32_t min_pixels) {
    std::array<std::uint32_t, 256> pixels{};
    for (const std::uint8_t label : labels) ++pixels[label];
    std::vector<ClassCount> present;
    for (std::size_t label = 1; label < pixels.size(); ++label)
        if (pixels[label] >= std::max(min_pixels, 1U))
            present.push_back({static_cast<std::uint16_t>(label), pixels[label]});
    return present;
}

}  // namespace semscope::dataset
