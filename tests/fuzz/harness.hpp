#pragma once

#include "semscope/core/errors.hpp"

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

/// What the fuzz targets share.
namespace semscope::fuzz {

/// Ends the run with a finding.
[[noreturn]] inline void fail(const std::string& what) {
    (void)std::fprintf(stderr, "finding: %s\n", what.c_str());
    std::abort();
}

inline void require(bool condition, const char* what) {
    if (!condition) fail(what);
}

/// Runs `work`, which may succeed or throw an error of semscope that says something; whatever else it throws is a
/// finding. True when it succeeded.
template <class Work>
bool expect_success_or_typed_error(Work&& work) noexcept {
    constexpr std::size_t maximum_message_bytes = std::size_t{1} << 20;
    try {
        std::forward<Work>(work)();
        return true;
    } catch (const Error& error) {
        const std::string_view message = error.what();
        require(!message.empty(), "an error without a message");
        require(message.size() <= maximum_message_bytes, "a message of more than 1 MiB");
    }  // anything else: std::terminate, as this function is noexcept
    return false;
}

/// A file of this process on a file system in memory, removed at the end.
class ScratchFile {
  public:
    explicit ScratchFile(const std::string& name)
        : folder_("/dev/shm/semscope-fuzz-" + std::to_string(::getpid())), path_(folder_ / name) {
        std::filesystem::create_directories(folder_);
    }
    ~ScratchFile() {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
        std::filesystem::remove(folder_, ignored);
    }
    ScratchFile(const ScratchFile&) = delete;
    ScratchFile& operator=(const ScratchFile&) = delete;

    const std::filesystem::path& path() const { return path_; }
    void write(std::string_view bytes) const {
        std::ofstream file(path_, std::ios::binary | std::ios::trunc);
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        require(file.good(), "the scratch file cannot be written");
    }

  private:
    std::filesystem::path folder_;
    std::filesystem::path path_;
};

/// The input as text.
inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

}  // namespace semscope::fuzz
