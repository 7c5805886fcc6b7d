#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace semscope::dataset {

/// The scene classes, C of them, in the order of the network's output.
class SceneNames {
  public:
    explicit SceneNames(std::vector<std::string> names);

    const std::vector<std::string>& names() const noexcept { return names_; }
    std::size_t size() const noexcept { return names_.size(); }

    /// Index of a scene; nothing when there is none of this name. Accepts the folder form (apartment_building-outdoor)
    /// and the list form (/a/apartment_building/outdoor).
    std::optional<std::int32_t> find(std::string_view name) const;

  private:
    std::vector<std::string> names_;
    std::unordered_map<std::string, std::int32_t> index_;
};

/// A scene name in its folder form: `/a/apartment_building/outdoor` becomes `apartment_building-outdoor`.
std::string scene_folder_name(std::string_view name);

/// Reads scene names: Places365 format (`/a/airfield 0`, the index being the line's place) or one name a line.
/// Local. Throws InputError naming file and line on gaps, double names, indices out of order, and names that cannot
/// name a folder: "..", control characters, no UTF-8, more than 4096 bytes. At most 16384 scenes.
SceneNames read_scene_names(const std::filesystem::path& path);

/// Reads the table of semantic classes: `index<TAB>name`, 1.. without gaps, a header line allowed; of more columns the
/// one headed "Name" counts. Element 0 of the result is "unlabelled", so that S = result.size(). At most 255 classes,
/// since label maps hold 8 bits. Two classes may have one name: everything counts by index. Local. Throws InputError
/// naming file and line; also for names with control characters, that are not UTF-8 or longer than 4096 bytes.
std::vector<std::string> read_semantic_names(const std::filesystem::path& path);

}  // namespace semscope::dataset
