#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace semscope::results {

/// State of an image in an occlusion file.
enum class ImageStatus : std::uint8_t { pending = 0, done = 1, unreadable = 2 };

inline constexpr const char* occlusion_format = "semscope occlusion";
inline constexpr std::uint64_t occlusion_format_version = 1;

/// Extents and labels of an occlusion file: N images, V variants (present classes of all images), C scenes, S semantics
/// including 0 = unlabelled.
struct OcclusionLayout {
    std::uint64_t images = 0;
    std::uint64_t variants = 0;
    std::vector<std::string> scenes;
    std::vector<std::string> semantics;
    std::size_t longest_path = 1;                          ///< bytes
    std::function<std::string(std::uint64_t)> image_path;  ///< path of an image, as listed
};

/// Bytes that the datasets of such a file take; its metadata and attributes come on top, some tens of kilobytes. Local,
/// pure.
std::uint64_t occlusion_file_bytes(const OcclusionLayout& layout);

/// What produced a file: attribute names and texts. Recorded, never compared.
using Provenance = std::vector<std::pair<std::string, std::string>>;

/// Creates an occlusion file with every dataset allocated, names and paths written, and complete = 0; everything else
/// is left to OcclusionWriter. The disk space is reserved. Local, on one rank, before the others open the file. `path`
/// is one that nobody takes for a result: see temporary_path and publish. Throws IoError when the file cannot be made
/// or the disk is full; nothing is left of it then.
void create_occlusion_file(const std::filesystem::path& path, const OcclusionLayout& layout,
                           const Provenance& provenance, std::uint64_t ranks);

}  // namespace semscope::results
