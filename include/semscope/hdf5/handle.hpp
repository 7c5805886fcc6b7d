#pragma once

#include <hdf5.h>

#include <string>
#include <utility>

namespace semscope::hdf5 {

/// Owner of an HDF5 identifier: movable, not copyable, closed at the end of its life by the function it was given.
class Handle {
  public:
    using Close = herr_t (*)(hid_t);

    Handle() = default;
    /// Takes ownership of `id`. Throws as check does when `id` is negative; `what` says what was tried ("opening
    /// dataset /image/path").
    Handle(hid_t id, Close closer, const std::string& what);
    Handle(Handle&& other) noexcept;
    Handle& operator=(Handle&& other) noexcept;
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle();

    hid_t get() const noexcept { return id_; }
    explicit operator bool() const noexcept { return id_ >= 0; }

    /// Closes now and returns HDF5's status, which the destructor cannot: negative when it failed.
    herr_t close() noexcept;

    /// Gives the identifier up without closing it.
    void release() noexcept { id_ = H5I_INVALID_HID; }

  private:
    hid_t id_ = H5I_INVALID_HID;
    Close close_ = nullptr;
};

/// When `status` is negative, throws IoError with the word of the operating system when one of its calls failed, else
/// LibraryError with HDF5's own account of what happened.
void check(herr_t status, const std::string& what);

/// Stops HDF5 from printing its error stack; semscope puts it into its messages instead. Called by File.
void silence_error_printing();

/// "HDF5 1.10.8", for the provenance.
std::string library_description();

}  // namespace semscope::hdf5
