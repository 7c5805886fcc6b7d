#pragma once

#include <string_view>

namespace semscope {

/// Version of semscope, such as "0.1.0".
std::string_view version();

/// Git revision that was built, with "-dirty" appended when the tree had changes; "unknown" outside a checkout.
std::string_view git_revision();

/// CMake build type, such as "Release".
std::string_view build_type();

}  // namespace semscope
