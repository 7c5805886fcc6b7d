#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace semscope {

/// How a program ends. The values are part of the contract with job scripts.
enum class ExitCode : int {
    done = 0,
    failed = 1,
    bad_input = 2,            ///< wrong usage or input, found before any inference
    some_without_result = 3,  ///< done, but for images that cannot be read or get no finite score; they are listed
    stopped = 75,             ///< stopped cleanly before the end; run again with run.resume
};

/// Base of all errors that semscope throws on purpose. `what()` says what was wrong, where, and what to do.
class Error : public std::runtime_error {
  public:
    Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}

    /// The exit code of a program that ends because of this error.
    ExitCode exit_code() const noexcept { return code_; }

  private:
    ExitCode code_;
};

/// A wrong option, value or combination of options. Example: `--run.batch -3`.
class UsageError : public Error {
  public:
    explicit UsageError(const std::string& message) : Error(ExitCode::bad_input, message) {}
};

/// Something wrong with the input. Example: a label map whose size is not that of its photo.
class InputError : public Error {
  public:
    explicit InputError(const std::string& message) : Error(ExitCode::bad_input, message) {}
};

/// A file of the input cannot be opened or read: it is missing, access is refused, or its file system failed. That is
/// bad input while the input is looked through; a program that has read the file before makes an IoError of it
/// (read_again).
class UnreachableError : public InputError {
  public:
    using InputError::InputError;
};

/// Reading or writing failed for a reason outside the data. Example: no space left on the device.
class IoError : public Error {
  public:
    explicit IoError(const std::string& message) : Error(ExitCode::failed, message) {}
};

/// A library call failed that has no reason to. Example: an HDF5 call on a valid handle.
class LibraryError : public Error {
  public:
    explicit LibraryError(const std::string& message) : Error(ExitCode::failed, message) {}
};

/// The network did something that it must not. Example: a probability that is not a number.
class InferenceError : public Error {
  public:
    explicit InferenceError(const std::string& message) : Error(ExitCode::failed, message) {}
};

/// The job was asked to stop, by a signal, before its end. Nothing is lost.
class StoppedError : public Error {
  public:
    explicit StoppedError(const std::string& message) : Error(ExitCode::stopped, message) {}
};

/// Collects problems with the input, so that they are reported all together and not one at a time.
class Problems {
  public:
    /// Adds one problem, a sentence that names the file or option.
    void add(std::string problem) { list_.push_back(std::move(problem)); }

    /// Runs `check` and adds the message of a UsageError or InputError that it throws.
    template <class Check>
    void collect(Check&& check) {
        try {
            check();
        } catch (const UsageError& error) {
            add(error.what());
        } catch (const InputError& error) {
            add(error.what());
        }
    }

    bool empty() const noexcept { return list_.empty(); }
    const std::vector<std::string>& list() const noexcept { return list_; }

    /// Throws an InputError that lists every problem, at most `shown` of them in full; does nothing when there is none.
    void throw_if_any(std::size_t shown = 50) const;

  private:
    std::vector<std::string> list_;
};

/// The problems as one message: a single one as it stands, several as a numbered count and one line each.
std::string describe_problems(const std::vector<std::string>& problems, std::size_t total, std::size_t shown);

}  // namespace semscope
