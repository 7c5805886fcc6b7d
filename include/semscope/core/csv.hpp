#pragma once

#include <string>
#include <string_view>

/// CSV as RFC 4180 has it. Local, pure.
namespace semscope {

/// A text as a field: in quotes where it holds a comma, a quote or the end of a line.
std::string csv_field(std::string_view text);

/// A number as a field, with as many digits as read back the same number; "" for NaN.
std::string csv_number(double value);
std::string csv_number(float value);

}  // namespace semscope
