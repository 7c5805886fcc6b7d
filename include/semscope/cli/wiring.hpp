#pragma once

#include "semscope/cli/log.hpp"
#include "semscope/core/digest.hpp"
#include "semscope/core/errors.hpp"

#include <filesystem>
#include <string>
#include <vector>

/// Checks of settings that programs share.
namespace semscope::cli {

/// Whether data.root is a folder; if not, that is the problem, and not each of the files below it. Local.
bool data_root_exists(const std::filesystem::path& root, Problems& problems);

}  // namespace semscope::cli

/// Which network file a run takes. TorchScript is code of its author, so this is said and checked before it is loaded.
namespace semscope::cli {

/// What the file must be: the SHA-256 `given` by the option `name`, else `found`, that of the file as rank 0 has read
/// it
/// ("" = it could not), so that all ranks run the network that is recorded.
ExpectedSha256 expected_sha256(const std::string& name, const std::string& given, const std::string& found);

/// Logs the file and its SHA-256; nothing when `sha256` is empty.
void log_network(const std::filesystem::path& path, const std::string& sha256, const cli::Log& log);

/// The path of a setting, and the name of its option for messages.
struct NamedPath {
    std::string option;
    std::filesystem::path path;
};

/// What is wrong with `output` as a file to be written: its folder is missing, it is a folder itself, or it is one of
/// the files `inputs`, which output.overwrite would destroy. Local.
void check_output_file(const NamedPath& output, const std::vector<NamedPath>& inputs, Problems& problems);

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

}  // namespace semscope::cli
