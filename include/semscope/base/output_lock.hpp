#pragma once

#include <filesystem>
#include <functional>
#include <memory>

namespace semscope {

/// Keeps a second job off an output file: a file `<output>.lock` beside it that names its holder and shows by its
/// modification time that the holder lives.
///
/// It relies on nothing but atomic link and rename, not on the lock calls of the file system. A lock that a crash left
/// behind is recognised and replaced: on the same machine when the process that it names is gone; for a batch job that
/// was started again when it is of the same job before; on other machines when its time has not moved for
/// `patience_beats` beats, as seen by the clock of the file system and by waiting that long when need be.
class OutputLock {
  public:
    struct Options {
        bool break_lock = false;  ///< take a held lock over, on the user's word that its holder is gone
        double beat_seconds = 10;
        int patience_beats = 4;
        /// Called now and then while the constructor waits to see whether a holder lives; what it throws ends that.
        std::function<void()> while_waiting = {};
        /// Called from the lock's thread when someone else has taken the lock over: this job must not write on.
        std::function<void()> lost = {};
    };

    /// Takes the lock of `output`. Local, by one process of the job. Throws InputError that names the holder when it is
    /// held, IoError when the lock file cannot be written.
    OutputLock(const std::filesystem::path& output, Options options);

    /// Gives the lock back, unless someone else has taken it over.
    ~OutputLock();
    OutputLock(const OutputLock&) = delete;
    OutputLock& operator=(const OutputLock&) = delete;

  private:
    class Holder;
    std::unique_ptr<Holder> holder_;
};

/// The lock file of an output.
std::filesystem::path lock_path(const std::filesystem::path& output);

}  // namespace semscope
