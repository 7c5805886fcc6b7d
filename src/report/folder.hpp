#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace semscope::report {

/// A folder that is made under another name beside its place and gets its own when it is whole. Local.
class Folder {
  public:
    /// `suffix`: what stands behind the name while the folder is made, the same on all ranks.
    Folder(std::filesystem::path place, const std::string& suffix);

    /// Throws UsageError when the place is taken and may not be replaced, or holds something that is no report; also
    /// InputError when the folder that it is to lie in is missing.
    static void require_free(const std::filesystem::path& place, bool overwrite);

    /// Writes a file below the folder. Throws IoError.
    void write(const std::filesystem::path& name, std::string_view bytes) const;

    /// Writes data as a script that hands them to the pages under the name `key`: data/<key>.js. All ASCII, so that no
    /// text in it depends on an encoding. Throws IoError.
    void write_data(const std::string& key, const nlohmann::ordered_json& data) const;

    /// Gives the folder its name; what had it is removed, if it may be replaced. Throws IoError or UsageError.
    void publish(bool overwrite) const;

    /// Removes what was made so far.
    void discard() const noexcept;

  private:
    std::filesystem::path place_;
    std::filesystem::path making_;
};

}  // namespace semscope::report
