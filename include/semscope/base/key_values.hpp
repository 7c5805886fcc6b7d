#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace semscope {

/// Pairs of a key and a value, in the order they were given.
using KeyValues = std::vector<std::pair<std::string, std::string>>;

/// Reads "key=value,key=value". Blanks around keys and values do not count; "" gives no pairs. Nothing is returned when
/// the text has another form: a pair without "=", an empty key or value, a key given twice.
std::optional<KeyValues> parse_key_values(std::string_view text);

}  // namespace semscope
