#include "semscope/data/label_map.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/core/text.hpp"
#include "semscope/data/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>

namespace semscope::data {

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
    LabelMap map{stored.size, std::vector<std::uint8_t>(stored.pixels.size() / channels), stored.file_digest};
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

namespace {

constexpr std::uint16_t not_given = 0xffff;

std::optional<std::size_t> parse_index(std::string_view text) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// The class that a text means. Throws InputError.
std::uint16_t class_of(const std::string& text, std::span<const std::string> semantics) {
    if (text == "ignore") return 0;
    if (const auto index = parse_index(text)) {
        if (*index < semantics.size()) return static_cast<std::uint16_t>(*index);
        throw InputError(fmt::format("class {} is not in the table of {} classes", *index, semantics.size() - 1));
    }
    const auto found = std::find(semantics.begin() + 1, semantics.end(), text);
    if (found == semantics.end())
        throw InputError(fmt::format("there is no class {}{}", quote(text), suggest(text, semantics.subspan(1))));
    if (std::find(found + 1, semantics.end(), text) != semantics.end())
        throw InputError(fmt::format("several classes have the name {}; give the index", quote(text)));
    return static_cast<std::uint16_t>(found - semantics.begin());
}

}  // namespace

LabelMapping read_label_mapping(const std::filesystem::path& path, std::span<const std::string> semantics) {
    constexpr std::size_t maximum_labels = 65536;
    LabelMapping mapping;
    Problems problems;
    for (const Line& line : read_lines(path)) {
        const std::size_t blank = line.text.find_first_of(" \t");
        const auto label = parse_index(std::string_view(line.text).substr(0, blank));
        if (!label || *label >= maximum_labels || blank == std::string::npos) {
            problems.add(fmt::format("{}: expected \"label class\", found {}", position(path, line), quote(line.text)));
            continue;
        }
        if (mapping.size() <= *label) mapping.resize(*label + 1, not_given);
        if (mapping[*label] != not_given)
            problems.add(fmt::format("{}: label {} stands in an earlier line already", position(path, line), *label));
        try {
            mapping[*label] = class_of(std::string(trim(std::string_view(line.text).substr(blank))), semantics);
        } catch (const InputError& error) {
            mapping[*label] = 0;  // it was given, if wrongly
            problems.add(fmt::format("{}: {}", position(path, line), error.what()));
        }
    }
    for (std::size_t label = 0; label < mapping.size(); ++label)
        if (mapping[label] == not_given)
            problems.add(fmt::format("{}: label {} is missing; give its class, or \"ignore\"", path.string(), label));
    problems.throw_if_any();
    return mapping;
}

LabelMapping identity_mapping(std::size_t labels, std::size_t semantics) {
    if (labels != semantics && labels + 1 != semantics)
        throw InputError(
            fmt::format("the network has {} labels and data.semantics {} classes; say with segment.map "
                        "which label is which class",
                        labels, semantics - 1));
    LabelMapping mapping(labels);
    std::iota(mapping.begin(), mapping.end(), static_cast<std::uint16_t>(labels == semantics ? 0 : 1));
    return mapping;
}

}  // namespace semscope::data
