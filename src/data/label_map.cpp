#include "semscope/data/label_map.hpp"

#include "class_names.hpp"
#include "resample.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/text.hpp"
#include "semscope/data/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>

namespace semscope::data {

std::string label_map_path(std::string_view image_path, const LabelNaming& naming) {
    const std::string& ending = naming.photo_suffix;
    if (ending.empty()) {
        const std::size_t name = image_path.rfind('/') + 1;  // 0 where there is no slash
        const std::size_t dot = image_path.rfind('.');
        const bool has_extension = dot != std::string_view::npos && dot > name;
        return fmt::format("{}{}", image_path.substr(0, has_extension ? dot : image_path.size()), naming.suffix);
    }
    if (!image_path.ends_with(ending))
        throw InputError(fmt::format("{} does not end with data.suffix = {}", quote(image_path), ending));
    return fmt::format("{}{}", image_path.substr(0, image_path.size() - ending.size()), naming.suffix);
}

std::filesystem::path label_map_path(const std::filesystem::path& root, std::string_view image_path,
                                     const LabelNaming& naming) {
    return root / label_map_path(image_path, naming);
}

LabelMap resize_labels(const LabelMap& map, ImageSize size) {
    const auto columns = nearest_indices(map.size.width, size.width, 0, size.width);
    const auto rows = nearest_indices(map.size.height, size.height, 0, size.height);
    LabelMap result{size, {}, map.file_digest};
    result.labels.reserve(columns.size() * rows.size());
    for (const int row : rows) {
        const std::uint16_t* const line =
            map.labels.data() + static_cast<std::size_t>(row) * static_cast<std::size_t>(map.size.width);
        for (const int column : columns) result.labels.push_back(line[column]);
    }
    return result;
}

std::vector<ClassCount> present_classes(std::span<const std::uint16_t> labels, std::uint32_t min_pixels) {
    if (labels.empty()) return {};
    std::vector<std::uint32_t> pixels(std::size_t{*std::max_element(labels.begin(), labels.end())} + 1);
    for (const std::uint16_t label : labels) ++pixels[label];
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

}  // namespace

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
