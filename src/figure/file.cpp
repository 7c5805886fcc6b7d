#include "semscope/figure/file.hpp"

#include "semscope/base/atomic_file.hpp"
#include "semscope/base/error.hpp"

#include <fmt/format.h>

#include <system_error>

namespace semscope::figure {

void write_file(const std::filesystem::path& path, std::string_view bytes, Overwrite overwrite) {
    std::error_code ignored;
    if (overwrite == Overwrite::no && std::filesystem::exists(std::filesystem::symlink_status(path, ignored)))
        throw UsageError(fmt::format("{}: exists already and may not be replaced", path.string()));
    write_file_atomically(path, bytes);
}

}  // namespace semscope::figure
