#include "semscope/core/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

namespace semscope {

namespace {

unsigned byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

/// Length of the character that the text starts with, 0 when it is not UTF-8 (Unicode 15, table 3-7).
std::size_t character_length(std::string_view text) {
    const unsigned first = byte_at(text, 0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
    const unsigned second = byte_at(text, 1);
    const unsigned least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;  // no longer form than needed
    const unsigned most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;   // no surrogates, none past U+10FFFF
    if (second < least || second > most) return 0;
    for (std::size_t i = 2; i < length; ++i)
        if ((byte_at(text, i) & 0xc0) != 0x80) return 0;
    return length;
}

/// Whether the character at the start, of this length, is one of the sets C0 and C1 or DEL.
bool is_control(std::string_view text, std::size_t length) {
    const unsigned first = byte_at(text, 0);
    return length == 1 ? first < 0x20 || first == 0x7f : first == 0xc2 && byte_at(text, 1) < 0xa0;
}

}  // namespace

std::string problem_with_name(std::string_view name) {
    if (name.empty()) return "is empty";
    if (name.size() > maximum_name_bytes) return fmt::format("is longer than {} bytes", maximum_name_bytes);
    for (std::size_t at = 0; at < name.size();) {
        const std::size_t length = character_length(name.substr(at));
        if (length == 0) return fmt::format("is not UTF-8 (byte {})", at + 1);
        if (is_control(name.substr(at), length))
            return fmt::format("holds a control character (byte {}: 0x{:02x})", at + 1, byte_at(name, at + length - 1));
        at += length;
    }
    return "";
}

std::string problem_with_relative_path(std::string_view path) {
    if (std::string fault = problem_with_name(path); !fault.empty()) return fault;
    if (path.front() == '/') return "is an absolute path";
    int depth = 0;
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        const std::string_view part = path.substr(begin, end - begin);
        if (part == "..") --depth;
        if (depth < 0) return "leaves its folder by \"..\"";
        if (!part.empty() && part != "." && part != "..") ++depth;
        begin = end + 1;
    }
    return depth == 0 ? "names no file" : "";
}

std::string problem_with_file_name(std::string_view name) {
    if (std::string fault = problem_with_name(name); !fault.empty()) return fault;
    const bool usable = name != "." && name != ".." && name.find('/') == std::string_view::npos;
    return usable ? "" : "cannot be the name of a file";
}

std::string printable(std::string_view text, bool lines) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = character_length(text.substr(at));
        const bool shown = length > 0 && (!is_control(text.substr(at), length) || (lines && text[at] == '\n'));
        if (shown)
            out += text.substr(at, length);
        else
            for (std::size_t i = 0; i < std::max<std::size_t>(length, 1); ++i)
                out += fmt::format("\\x{:02x}", byte_at(text, at + i));
        at += std::max<std::size_t>(length, 1);
    }
    return out;
}

std::string quote(std::string_view text) {
    constexpr std::size_t most = 200;
    if (text.size() <= most) return fmt::format("\"{}\"", printable(text));
    std::size_t cut = most;
    while (cut > most - 4 && (byte_at(text, cut) & 0xc0) == 0x80) --cut;  // not within a character
    return fmt::format("\"{}...\" ({} bytes)", printable(text.substr(0, cut)), text.size());
}

namespace {

/// Least number of characters to insert, delete or replace (Levenshtein 1966), row by row.
std::size_t edit_distance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0]++;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

std::vector<std::string> similar_names(const std::string& name, std::span<const std::string> candidates,
                                       std::size_t most) {
    // Longer ones are no slips of the hand, and comparing them takes quadratic time.
    constexpr std::size_t longest = 200;
    if (name.size() > longest) return {};
    const std::size_t furthest = std::max<std::size_t>(1, name.size() / 3);
    std::vector<std::pair<std::size_t, const std::string*>> found;
    for (const std::string& candidate : candidates) {
        if (!name.empty() && candidate.find(name) != std::string::npos) {
            found.emplace_back(0, &candidate);
            continue;
        }
        if (candidate.size() > longest) continue;
        const std::size_t longer = std::max(name.size(), candidate.size());
        if (longer - std::min(name.size(), candidate.size()) > furthest) continue;
        if (const std::size_t distance = edit_distance(name, candidate); distance <= furthest)
            found.emplace_back(distance, &candidate);
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string> names;
    for (std::size_t i = 0; i < std::min(most, found.size()); ++i) names.push_back(*found[i].second);
    return names;
}

std::string suggest(const std::string& name, std::span<const std::string> candidates) {
    const auto names = similar_names(name, candidates);
    return names.empty() ? "" : fmt::format("; nearest: {}", fmt::join(names, ", "));
}

namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t";
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

}  // namespace

std::optional<KeyValues> parse_key_values(std::string_view text) {
    KeyValues pairs;
    if (trimmed(text).empty()) return pairs;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        const std::string_view pair = text.substr(begin, end - begin);
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        std::string key(trimmed(pair.substr(0, equals)));
        std::string value(trimmed(pair.substr(equals + 1)));
        const bool again =
            std::any_of(pairs.begin(), pairs.end(), [&](const auto& other) { return other.first == key; });
        if (key.empty() || value.empty() || again) return std::nullopt;
        pairs.emplace_back(std::move(key), std::move(value));
        begin = end + 1;
    }
    return pairs;
}

}  // namespace semscope
