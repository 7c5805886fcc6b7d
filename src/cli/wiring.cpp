#include "semscope/cli/wiring.hpp"

#include <fmt/format.h>

namespace semscope::cli {

bool data_root_exists(const std::filesystem::path& root, Problems& problems) {
    std::error_code ignored;
    if (std::filesystem::is_directory(root, ignored)) return true;
    problems.add(fmt::format("{}: there is no such folder (data.root)", root.string()));
    return false;
}

ExpectedSha256 expected_sha256(const std::string& name, const std::string& given, const std::string& found) {
    return given.empty() ? ExpectedSha256{found, "the one that rank 0 found"} : ExpectedSha256{given, name};
}

void log_network(const std::filesystem::path& path, const std::string& sha256, const cli::Log& log) {
    if (!sha256.empty()) log.info(fmt::format("network {}, SHA-256 {}", path.string(), sha256));
}

namespace fs = std::filesystem;

void check_output_file(const NamedPath& output, const std::vector<NamedPath>& inputs, Problems& problems) {
    const auto& [option, path] = output;
    std::error_code ignored;
    for (const NamedPath& input : inputs)
        if (!input.path.empty() && fs::equivalent(path, input.path, ignored))
            problems.add(fmt::format("{}: {} is the file of {}", path.string(), option, input.option));
    if (fs::is_directory(path, ignored))
        problems.add(fmt::format("{}: {} is a folder; give the name of a file", path.string(), option));
    if (!fs::is_directory(path.parent_path(), ignored))
        problems.add(fmt::format("{}: the folder of the output does not exist", path.parent_path().string()));
}

NewFolders::~NewFolders() {
    std::error_code ignored;
    for (const fs::path& folder : made_) fs::remove(folder, ignored);  // not when something is in it
}

void NewFolders::make(const fs::path& folder) {
    std::error_code error;
    for (fs::path missing = folder; missing.has_relative_path() && !fs::exists(missing, error);
         missing = missing.parent_path())
        made_.push_back(missing);
    fs::create_directories(folder, error);
    if (error) throw InputError(fmt::format("{}: cannot be made: {}", folder.string(), error.message()));
}

}  // namespace semscope::cli
