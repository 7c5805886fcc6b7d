#pragma once

#include "semscope/results/occlusion_reader.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace semscope::postprocess {

/// The images of a file by name.
class ImageNames {
  public:
    /// Reads all paths, and keeps 8 bytes of each. Local.
    explicit ImageNames(const results::OcclusionReader& file);

    /// The name of an image's pictures: the stem of its file, or, where images of several folders share that, its whole
    /// path without ending and with "-" for "/".
    std::string picture_name(const std::string& path) const;

    /// The images that are meant by any of `wanted`, path, file name or stem, ascending; nothing when `wanted` is
    /// empty. Throws UsageError that lists every name without image, with the nearest stems.
    std::optional<std::vector<std::uint64_t>> find(const std::vector<std::string>& wanted) const;

  private:
    const results::OcclusionReader& file_;
    std::vector<std::uint64_t> shared_stems_;  ///< hashes of stems that several images have, ascending
};

}  // namespace semscope::postprocess
