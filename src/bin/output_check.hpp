#pragma once

#include "semscope/app/options.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace semscope::bin {

/// What is wrong with the path of the option `output` as a file to be written: its folder is missing, it is a folder
/// itself, or it is the file of one of the options `inputs`, which output.overwrite would destroy. Local.
void check_output_file(const app::Options& options, const std::string& output, const std::vector<std::string>& inputs,
                       Problems& problems);

/// The folders of a path that are not there yet. Made on request, and removed at the end of its life as far as they
/// are empty, unless they are kept: input that is found bad later leaves nothing behind. Local.
class NewFolders {
  public:
    NewFolders() = default;
    ~NewFolders();
    NewFolders(const NewFolders&) = delete;
    NewFolders& operator=(const NewFolders&) = delete;
    NewFolders(NewFolders&& other) noexcept : made_(std::move(other.made_)) { other.made_.clear(); }
    NewFolders& operator=(NewFolders&&) = delete;

    /// Throws InputError when the folder cannot be made.
    void make(const std::filesystem::path& folder);
    void keep() noexcept { made_.clear(); }

  private:
    std::vector<std::filesystem::path> made_;  ///< innermost first
};

}  // namespace semscope::bin
