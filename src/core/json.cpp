#include "semscope/core/json.hpp"

#include <nlohmann/json.hpp>

namespace semscope {

using nlohmann::ordered_json;

std::string json_text(const ordered_json& json) {
    return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string json_line(const ordered_json& json, JsonCharacters characters) {
    return json.dump(-1, ' ', characters == JsonCharacters::ascii, ordered_json::error_handler_t::replace);
}

ordered_json parse_json(std::istream& stream) { return ordered_json::parse(stream); }

}  // namespace semscope
