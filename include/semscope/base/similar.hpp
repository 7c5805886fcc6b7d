#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace semscope {

/// The candidates that somebody may have meant by `name`, likeliest first, at most `most`: those that contain it, then
/// those whose Levenshtein distance to it is at most a third of its length. Local, pure.
std::vector<std::string> similar_names(const std::string& name, std::span<const std::string> candidates,
                                       std::size_t most = 3);

/// "; nearest: a, b", or "" when nothing is near: the end of a message on an unknown name.
std::string suggest(const std::string& name, std::span<const std::string> candidates);

}  // namespace semscope
