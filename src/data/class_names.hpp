#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace semscope::data {

/// The class that a text in a table means: a name, an index, or "ignore" for 0. `semantics`: the names, element 0 =
/// unlabelled. Local, pure. Throws InputError, with the nearest names, when there is none or several.
std::uint16_t class_of(const std::string& text, std::span<const std::string> semantics);

}  // namespace semscope::data
