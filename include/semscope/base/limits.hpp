#pragma once

#include <cstddef>

/// What is read at most, so that no file makes a program ask for more memory than its own size justifies.
namespace semscope {

/// Scene classes: their confusion matrix alone takes 1 GiB then.
inline constexpr std::size_t most_scenes = 16384;

/// Semantic classes, unlabelled included: label maps hold 8 bits.
inline constexpr std::size_t most_semantics = 256;

/// Bytes of a path or name (PATH_MAX of Linux).
inline constexpr std::size_t longest_name = 4096;

}  // namespace semscope
