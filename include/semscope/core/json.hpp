#pragma once

#include <nlohmann/json_fwd.hpp>

#include <iosfwd>
#include <string>

/// JSON as the programs read and write it: UTF-8, bytes that are none replaced, numbers that are not finite as null,
/// keys in the order they were given. All local.
namespace semscope {

/// Over several lines, indented by two, with a line feed at the end.
std::string json_text(const nlohmann::ordered_json& json);

enum class JsonCharacters {
    utf8,
    ascii  ///< others as \uXXXX
};

/// In one line, without a line feed at its end.
std::string json_line(const nlohmann::ordered_json& json, JsonCharacters characters = JsonCharacters::utf8);

/// Throws nlohmann::json::exception where the stream holds something else.
nlohmann::ordered_json parse_json(std::istream& stream);

}  // namespace semscope
