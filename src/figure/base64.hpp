#pragma once

#include <string>
#include <string_view>

namespace semscope::figure {

/// RFC 4648 base 64 with padding.
std::string base64(std::string_view bytes);

}  // namespace semscope::figure
