#include "semscope/hdf5/handle.hpp"

#include "semscope/core/errors.hpp"

#include <fmt/format.h>
#include <hdf5.h>

namespace semscope::hdf5 {

namespace {

herr_t append_description(unsigned /*depth*/, const H5E_error2_t* entry, void* text) {
    auto& message = *static_cast<std::string*>(text);
    if (entry->desc != nullptr && entry->desc[0] != '\0') {
        if (!message.empty()) message += "; ";
        message += entry->desc;
    }
    return 0;
}

/// HDF5 1.10 crashes in its exit handler when closing a file has failed, on a full disk for instance. It is not needed,
/// as handles close what they own. To be told before the first other call of the library.
[[maybe_unused]] const bool no_exit_handler = H5dont_atexit() >= 0;

/// What the operating system said, when the stack tells of a system call that failed ("No space left on device"); ""
/// else.
std::string system_error(const std::string& stack) {
    static const std::string mark = "error message = '";
    const std::size_t begin = stack.find(mark);
    if (begin == std::string::npos) return "";
    const std::size_t text = begin + mark.size();
    return stack.substr(text, stack.find('\'', text) - text);
}

/// Throws what the error stack tells, from the innermost entry outwards: the first one usually says what happened.
[[noreturn]] void fail(const std::string& what) {
    std::string message;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, append_description, &message);
    H5Eclear2(H5E_DEFAULT);
    if (const std::string system = system_error(message); !system.empty())
        throw IoError(fmt::format("HDF5: {} failed: {}", what, system));
    throw LibraryError(fmt::format("HDF5: {} failed: {}", what, message.empty() ? "no reason given" : message));
}

}  // namespace

Handle::Handle(hid_t id, Close closer, const std::string& what) : id_(id), close_(closer) {
    if (id < 0) fail(what);
}

Handle::Handle(Handle&& other) noexcept
    : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(std::exchange(other.close_, nullptr)) {}

Handle& Handle::operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
}

Handle::~Handle() {
    if (id_ >= 0 && close_ != nullptr) close_(id_);
}

herr_t Handle::close() noexcept { return id_ < 0 ? 0 : close_(std::exchange(id_, H5I_INVALID_HID)); }

void check(herr_t status, const std::string& what) {
    if (status < 0) fail(what);
}

void silence_error_printing() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

std::string library_description() {
    unsigned major = 0;
    unsigned minor = 0;
    unsigned release = 0;
    H5get_libversion(&major, &minor, &release);
    return fmt::format("HDF5 {}.{}.{}", major, minor, release);
}

}  // namespace semscope::hdf5
