#include "semscope/job/output_lock.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/core/files.hpp"
#include "semscope/core/process.hpp"

#include <fmt/format.h>

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <thread>

namespace semscope {

namespace {

std::string first_line(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

/// "" when there is no such process any more.
std::string start_time(long pid) {
    const auto ticks = process_start_ticks(pid);
    return ticks ? std::to_string(*ticks) : "";
}

std::string machine_identity() {
    std::error_code ignored;
    return first_line("/proc/sys/kernel/random/boot_id") + " " +
           std::filesystem::read_symlink("/proc/self/ns/pid", ignored).string();
}

}  // namespace

ProcessIdentity ProcessIdentity::own() {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    return {host.data(),
            machine_identity(),
            ::getpid(),
            start_time(::getpid()),
            environment("SLURM_JOB_ID"),
            environment("SLURM_RESTART_COUNT")};
}

std::string ProcessIdentity::to_text() const {
    return fmt::format("host = {}\nmachine = {}\npid = {}\nstarted = {}\njob = {}\nrestart = {}\n", host, machine, pid,
                       started, job, restart);
}

ProcessIdentity ProcessIdentity::from_text(const std::string& text) {
    std::map<std::string, std::string> values;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        if (const std::size_t sign = line.find(" = "); sign != std::string::npos)
            values[line.substr(0, sign)] = line.substr(sign + 3);
    ProcessIdentity identity{values["host"], values["machine"], 0, values["started"], values["job"], values["restart"]};
    const std::string& pid = values["pid"];
    std::from_chars(pid.data(), pid.data() + pid.size(), identity.pid);
    return identity;
}

bool ProcessIdentity::is_known_dead(const ProcessIdentity& self) const {
    // With an empty machine (no /proc, or a record that is not whole) nothing is known.
    return !machine.empty() && machine == self.machine && start_time(pid) != started;
}

bool ProcessIdentity::is_former_life_of(const ProcessIdentity& self) const {
    return !job.empty() && job == self.job && restart != self.restart;
}

std::string ProcessIdentity::describe() const {
    if (host.empty()) return "an unknown process";
    return fmt::format("process {} on {}{}", pid, host, job.empty() ? "" : fmt::format(" (Slurm job {})", job));
}

namespace {

namespace fs = std::filesystem;

double modified(const struct stat& status) {
    return static_cast<double>(status.st_mtim.tv_sec) + 1e-9 * static_cast<double>(status.st_mtim.tv_nsec);
}

/// A lock file as it is now.
struct Record {
    ProcessIdentity holder;
    struct stat status {};

    bool is_same_file(const struct stat& other) const {
        return status.st_ino == other.st_ino && status.st_dev == other.st_dev;
    }
};

/// Nothing when the error says that the file is gone; throws IoError for any other.
std::nullopt_t nothing_when_gone(const fs::path& path, int error) {
    if (error == ENOENT || error == ESTALE) return std::nullopt;
    throw IoError(fmt::format("{}: the lock of the output cannot be read: {}", path.string(), std::strerror(error)));
}

/// Opened again each time, so that a network file system asks its server. Nothing when there is no such file; throws
/// IoError when it cannot be read.
std::optional<Record> read_record(const fs::path& path) {
    const FileDescriptor file(path, O_RDONLY);
    if (!file.is_open()) return nothing_when_gone(path, errno);
    Record record;
    std::array<char, 2048> text{};
    const ssize_t length = ::read(file.get(), text.data(), text.size());
    if (length < 0 || ::fstat(file.get(), &record.status) != 0) return nothing_when_gone(path, errno);
    record.holder = ProcessIdentity::from_text({text.data(), static_cast<std::size_t>(length)});
    return record;
}

/// Writes a file of its own, whole before anybody can see it under the name of the lock.
void write_record(const fs::path& path, const ProcessIdentity& self) {
    const std::string text = self.to_text();
    const FileDescriptor file(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    const bool written =
        file.is_open() && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
    const int error = errno;
    if (written) return;
    ::unlink(path.c_str());
    throw IoError(fmt::format("{}: the lock of the output cannot be written: {}", path.string(), std::strerror(error)));
}

}  // namespace

fs::path lock_path(const fs::path& output) { return output.string() + ".lock"; }

class OutputLock::Holder {
  public:
    Holder(const fs::path& output, Options options)
        : output_(output), path_(lock_path(output)), options_(std::move(options)), self_(ProcessIdentity::own()) {
        own_name_ = fmt::format("{}.{}.{}", path_.string(), self_.host, self_.pid);
        write_record(own_name_, self_);
        try {
            take();
        } catch (...) {
            ::unlink(own_name_.c_str());
            throw;
        }
        ::unlink(own_name_.c_str());
        thread_ = std::thread([this] { beat(); });
    }

    ~Holder() {
        {
            const std::lock_guard lock(mutex_);
            leaving_ = true;
        }
        wake_.notify_all();
        thread_.join();
        try {
            if (is_ours()) ::unlink(path_.c_str());
        } catch (const std::exception&) {
            // The lock stays. The next job sees that its holder is gone.
        }
    }
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;

  private:
    void take() {
        while (!claim()) {
            const auto record = read_record(path_);
            if (!record) continue;  // it went away just now
            if (options_.break_lock || is_stale(*record)) remove_stale(*record);
        }
    }

    /// True when the lock is ours now: the link succeeds for one process only.
    bool claim() {
        if (::link(own_name_.c_str(), path_.c_str()) != 0) {
            const int error = errno;
            if (error == EEXIST && !is_linked()) return false;
            if (error != EEXIST && error != EPERM && error != EOPNOTSUPP && error != ENOSYS && error != EMLINK)
                throw IoError(
                    fmt::format("{}: the lock of the output cannot be made: {}", path_.string(), std::strerror(error)));
            if (error != EEXIST && !claim_without_links()) return false;
        }
        try {
            const auto record = read_record(path_);
            if (!record) return false;
            mine_ = record->status;
            return true;
        } catch (...) {
            ::unlink(path_.c_str());
            throw;
        }
    }

    /// Whether the link was made all the same: NFS may ask its server again when an answer is late, and then gets to
    /// hear that the link is there.
    bool is_linked() const {
        struct stat own {};
        struct stat lock {};
        return ::stat(own_name_.c_str(), &own) == 0 && ::stat(path_.c_str(), &lock) == 0 && own.st_nlink == 2 &&
               own.st_ino == lock.st_ino && own.st_dev == lock.st_dev;
    }

    /// For file systems without hard links. Between the two calls others see an empty record, which they hold for one
    /// of a living holder.
    bool claim_without_links() {
        if (!FileDescriptor(path_, O_WRONLY | O_CREAT | O_EXCL, 0644).is_open()) return false;
        write_record(path_, self_);
        return true;
    }

    [[noreturn]] void refuse(const Record& record, const std::string& reason) const {
        throw InputError(
            fmt::format("{}: another job writes this file: {}, {}. Wait for it or end it; if you know that it is gone, "
                        "set run.break-lock true (the lock is {})",
                        output_.string(), record.holder.describe(), reason, path_.string()));
    }

    /// True when the holder of the lock is gone, false when the lock went away meanwhile; throws when it is held.
    bool is_stale(const Record& record) const {
        if (record.holder.is_known_dead(self_) || record.holder.is_former_life_of(self_)) return true;
        if (!record.holder.machine.empty() && record.holder.machine == self_.machine)
            refuse(record, "which is running");
        const double patience = options_.beat_seconds * options_.patience_beats;
        // The clocks of two nodes may be minutes apart, and some file systems take the time from the node that writes:
        // an old time alone proves nothing. A holder that lives is seen to beat at least once in this time.
        const double watch = 2.2 * options_.beat_seconds;
        ::utimensat(AT_FDCWD, own_name_.c_str(), nullptr, 0);
        const auto own = read_record(own_name_);
        double age = own ? modified(own->status) - modified(record.status) : 0;
        const double step = options_.beat_seconds / 5;
        for (double watched = 0; age <= patience || watched < watch; watched += step) {
            std::this_thread::sleep_for(std::chrono::duration<double>(step));
            age = std::max(age, 0.0) + step;
            if (options_.while_waiting) options_.while_waiting();
            const auto now = read_record(path_);
            if (!now || !now->is_same_file(record.status)) return false;
            if (modified(now->status) != modified(record.status)) refuse(record, "which shows signs of life");
        }
        return true;
    }

    /// Moves a lock whose holder is gone out of the way. When another process was faster and the lock is a new one by
    /// now, it is put back: a rename tells what it has moved only afterwards.
    void remove_stale(const Record& record) const {
        const std::string aside = own_name_ + ".stale";
        if (::rename(path_.c_str(), aside.c_str()) != 0) return;
        bool is_another = true;
        try {
            const auto moved = read_record(aside);
            is_another = moved && !moved->is_same_file(record.status);
        } catch (const IoError&) {
            // Not known to be stale: it is put back, and the next look at it fails as well.
        }
        if (is_another) (void)::link(aside.c_str(), path_.c_str());
        ::unlink(aside.c_str());
    }

    bool is_ours() const {
        const auto record = read_record(path_);
        return record && record->is_same_file(mine_) && record->holder.pid == self_.pid &&
               record->holder.started == self_.started && record->holder.machine == self_.machine;
    }

    void beat() {
        std::unique_lock lock(mutex_);
        const auto interval = std::chrono::duration<double>(options_.beat_seconds);
        while (!wake_.wait_for(lock, interval, [this] { return leaving_; })) {
            bool ours = false;
            try {
                ours = is_ours();
            } catch (const std::exception&) {
                continue;  // no memory, or no answer of the file system: another time
            }
            if (ours) {
                ::utimensat(AT_FDCWD, path_.c_str(), nullptr, 0);
                misses_ = 0;
            } else if (++misses_ == 2) {  // not at the first, a network file system may hiccup
                if (options_.lost) options_.lost();
                return;
            }
        }
    }

    fs::path output_;
    fs::path path_;
    Options options_;
    ProcessIdentity self_;
    std::string own_name_;
    struct stat mine_ {};
    int misses_ = 0;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool leaving_ = false;
    std::thread thread_;
};

OutputLock::OutputLock(const fs::path& output, Options options)
    : holder_(std::make_unique<Holder>(output, std::move(options))) {}

OutputLock::~OutputLock() = default;

}  // namespace semscope
