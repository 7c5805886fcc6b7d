#pragma once

#include <string>

namespace semscope::network {

/// Keeps what this thread writes to std::cerr while it lives. The code of an AOTInductor package writes there what went
/// wrong, and only its place comes back by an exception. What is there in the end without anybody having asked for it
/// is written after all. Not to be nested.
class KeptErrors {
  public:
    KeptErrors();
    ~KeptErrors();
    KeptErrors(const KeptErrors&) = delete;
    KeptErrors& operator=(const KeptErrors&) = delete;

    /// What was written so far; it will not be written any more.
    const std::string& text() const;

  private:
    std::string text_;
    mutable bool asked_ = false;
};

}  // namespace semscope::network
