#include "semscope/core/files.hpp"

#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

namespace semscope {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::string& what) {
    throw IoError(fmt::format("{}: {}", path.string(), what));
}

/// Removes the temporary file unless it was renamed.
class Temporary {
  public:
    explicit Temporary(const fs::path& target)
        : path_(target.parent_path() / fmt::format(".{}.{}.tmp", target.filename().string(), ::getpid())) {}
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;
    ~Temporary() {
        std::error_code ignored;
        if (!path_.empty()) fs::remove(path_, ignored);
    }

    const fs::path& path() const { return path_; }
    void release() { path_.clear(); }

  private:
    fs::path path_;
};

void write_bytes(const fs::path& temporary, const fs::path& target, std::string_view bytes) {
    errno = 0;
    std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
    if (!file) fail(target, fmt::format("cannot be written: {}", std::strerror(errno)));
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.close();  // reports what the buffer still held, for instance on a full device
    if (!file) fail(target, fmt::format("writing failed: {}", std::strerror(errno)));
}

}  // namespace

void write_file_atomically(const fs::path& path, std::string_view bytes) {
    std::error_code error;
    if (path.has_parent_path()) {
        fs::create_directories(path.parent_path(), error);
        if (error) fail(path, fmt::format("its folder cannot be created: {}", error.message()));
    }
    Temporary temporary(path);
    write_bytes(temporary.path(), path, bytes);
    fs::rename(temporary.path(), path, error);
    if (error) fail(path, fmt::format("cannot be put in place: {}", error.message()));
    temporary.release();
}

bool is_temporary_name(const fs::path& path) {
    const std::string name = path.filename().string();
    return name.starts_with('.') && name.ends_with(".tmp");
}

}  // namespace semscope
