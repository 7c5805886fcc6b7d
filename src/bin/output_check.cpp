#include "output_check.hpp"

#include <fmt/format.h>

namespace semscope::bin {

namespace fs = std::filesystem;

void check_output_file(const app::Options& options, const std::string& output, const std::vector<std::string>& inputs,
                       Problems& problems) {
    const fs::path path = options.path(output);
    std::error_code ignored;
    for (const std::string& input : inputs)
        if (const fs::path other = options.path(input); !other.empty() && fs::equivalent(path, other, ignored))
            problems.add(fmt::format("{}: {} is the file of {}", path.string(), output, input));
    if (fs::is_directory(path, ignored))
        problems.add(fmt::format("{}: {} is a folder; give the name of a file", path.string(), output));
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

}  // namespace semscope::bin
