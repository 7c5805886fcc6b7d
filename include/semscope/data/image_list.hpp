#pragma once

#include "semscope/data/label_map.hpp"
#include "semscope/data/tables.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace semscope::data {

/// The images to explain, N of them: path as listed and true scene. Costs the length of the path + 12 bytes an image.
class ImageList {
  public:
    static constexpr std::int32_t unknown_scene = -1;

    void add(std::string_view path, std::int32_t scene);

    std::size_t size() const noexcept { return scenes_.size(); }
    std::string_view path(std::size_t image) const;
    std::int32_t scene(std::size_t image) const { return scenes_.at(image); }
    std::size_t maximum_path_bytes() const noexcept { return maximum_path_bytes_; }

    /// SHA-256 over paths and scenes, in order.
    std::string digest() const;

  private:
    std::string text_;
    std::vector<std::uint64_t> ends_;
    std::vector<std::int32_t> scenes_;
    std::size_t maximum_path_bytes_ = 0;
};

/// Reads an image list: `val/<scene>/<file>` a line, the last folder (or the last two, joined by '-') being the scene;
/// or a second column, after a tab or blank, that holds a scene name or index (-1: unknown). A path without folder and
/// column has unknown scene. `limit` > 0 keeps the first `limit` images.
/// Local; beside the list it takes 16 bytes an image while it looks for doubles. Throws InputError that lists every
/// line (up to 1000) whose scene is not in `scenes`, whose path is absolute, leaves its root by "..", is longer than
/// 4096 bytes, no UTF-8 or holds control characters, or whose image stands in an earlier line.
ImageList read_image_list(const std::filesystem::path& path, const SceneNames& scenes, std::uint64_t limit);

/// Reads the paths of an image list alone: what stands before a tab. All scenes are unknown. Local. Throws
/// InputError as above.
ImageList read_image_paths(const std::filesystem::path& path, std::uint64_t limit);

/// Throws InputError that names the photos whose label maps have one name (a.jpg and a.png beside each other, say), and
/// those whose name does not end with naming.photo_suffix. Local; takes 16 bytes an image meanwhile.
void require_own_label_maps(const ImageList& images, const LabelNaming& naming);

}  // namespace semscope::data
