#include "semscope/dataset/label_mapping.hpp"

#include "semscope/base/error.hpp"
#include "semscope/base/similar.hpp"
#include "semscope/base/text.hpp"
#include "semscope/dataset/text_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>

namespace semscope::dataset {

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
    constexpr std::size_t most_labels = 65536;
    LabelMapping mapping;
    Problems problems;
    for (const Line& line : read_lines(path)) {
        const std::size_t blank = line.text.find_first_of(" \t");
        const auto label = parse_index(std::string_view(line.text).substr(0, blank));
        if (!label || *label >= most_labels || blank == std::string::npos) {
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

}  // namespace semscope::dataset
