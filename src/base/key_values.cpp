#include "semscope/base/key_values.hpp"

#include <algorithm>

namespace semscope {

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
