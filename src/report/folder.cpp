#include "folder.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/core/files.hpp"
#include "semscope/core/json.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>

namespace semscope::report {
namespace {

namespace fs = std::filesystem;

/// What every report has, and nothing else: a folder without it is not removed.
constexpr const char* mark = "data/overview.js";

[[noreturn]] void fail(const fs::path& path, const std::string& what, int error) {
    throw IoError(fmt::format("{}: {}: {}", path.string(), what, std::strerror(error)));
}

void move(const fs::path& from, const fs::path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) fail(to, "cannot be put in place", errno);
}

}  // namespace

Folder::Folder(fs::path place, const std::string& suffix)
    : place_(std::move(place)), making_(place_.string() + suffix) {}

void Folder::require_free(const fs::path& place, bool overwrite) {
    std::error_code ignored;
    const fs::path above = fs::absolute(place).parent_path();
    if (!fs::is_directory(above, ignored))
        throw InputError(fmt::format("{}: the folder that output.report lies in is missing", above.string()));
    if (!fs::exists(fs::symlink_status(place, ignored))) return;
    if (!overwrite)
        throw UsageError(fmt::format("{}: the report exists; move it away or set output.overwrite", place.string()));
    if (fs::is_symlink(fs::symlink_status(place, ignored)) || !fs::is_regular_file(place / mark, ignored))
        throw UsageError(
            fmt::format("{}: is not a report of semscope (it has no {}), so it is not replaced; name "
                        "another folder as output.report",
                        place.string(), mark));
}

void Folder::write(const fs::path& name, std::string_view bytes) const { write_file_atomically(making_ / name, bytes); }

void Folder::write_data(const std::string& key, const nlohmann::ordered_json& data) const {
    write(fmt::format("data/{}.js", key),
          fmt::format("semscope.deliver(\"{}\",\n{});\n", key, json_line(data, JsonCharacters::ascii)));
}

void Folder::publish(bool overwrite) const {
    require_free(place_, overwrite);
    std::error_code ignored;
    if (!fs::exists(fs::symlink_status(place_, ignored))) {
        move(making_, place_);
    } else if (::renameat2(AT_FDCWD, making_.c_str(), AT_FDCWD, place_.c_str(), RENAME_EXCHANGE) == 0) {
        discard();  // what was there before
    } else {        // NFS and some parallel file systems cannot exchange two names
        const fs::path old = making_.string() + ".old";
        move(place_, old);
        if (::rename(making_.c_str(), place_.c_str()) != 0) {
            const int error = errno;
            move(old, place_);
            fail(place_, "cannot be put in place", error);
        }
        fs::remove_all(old, ignored);
    }
}

void Folder::discard() const noexcept {
    std::error_code ignored;
    fs::remove_all(making_, ignored);
}

}  // namespace semscope::report
