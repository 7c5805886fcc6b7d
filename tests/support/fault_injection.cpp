// A library to be preloaded (LD_PRELOAD) into the ranks of a job: it makes calls of one kind fail, as a full disk, a
// file system that goes away, a limit of threads or missing memory would, and counts the calls of every kind.
//
//   SEMSCOPE_FAULT_PATHS   which files count for the kinds that concern files: a pattern of fnmatch
//   SEMSCOPE_FAULT_CALL    the kind that fails: write, sync, open, read, stat, rename, thread, memory; none: it counts
//   SEMSCOPE_FAULT_RANK    the rank it fails on; none: on all
//   SEMSCOPE_FAULT_FIRST   the first of these calls that fails, from 1
//   SEMSCOPE_FAULT_TIMES   how many fail; none: all that follow
//   SEMSCOPE_FAULT_ERROR   number of the error; memory throws std::bad_alloc
//   SEMSCOPE_FAULT_TRACE   set: says on stderr from where the calls come that fail (addresses, for addr2line)
//   SEMSCOPE_FAULT_DELAY   instead of failing, these calls take so many milliseconds longer, as on a busy file server
//   SEMSCOPE_FAULT_REPORT  a file <this>.<rank> gets the counts, see fault_report.hpp; right even when the rank is
//   killed
//
// A thread counts when std::thread starts it, memory when the program itself asks for it by operator new: the libraries
// below have errors of their own, which a program can do nothing about. Where both have a copy of a template, as of
// std::string, libraries call the program's copy: that is memory of theirs. Nothing counts before MPI_Init_thread and
// after MPI_Finalize: the destructors of the libraries have nobody to tell.
#include "fault_report.hpp"

#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <link.h>
#include <mpi.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <thread>
#include <utility>

namespace {

using namespace semscope::testing_support;  // NOLINT(google-build-using-namespace): this file is all about them

struct Plan {
    const char* paths = "*";
    int failing = -1;  ///< a FaultCall, or none
    std::uint64_t first = 1;
    std::uint64_t times = UINT64_MAX;
    int error = EIO;
    std::chrono::milliseconds delay{0};  ///< 0: the calls fail
    FaultReport* report = nullptr;       ///< null: nothing counts yet
};

Plan plan;
std::atomic<bool> ready{false};

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

FaultReport* map_report(const char* prefix, int rank) {
    std::array<char, PATH_MAX> name{};
    (void)std::snprintf(name.data(), name.size(), "%s.%d", prefix, rank);
    const int file = ::open(name.data(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0 || ::ftruncate(file, sizeof(FaultReport)) != 0) std::abort();
    void* const memory = ::mmap(nullptr, sizeof(FaultReport), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    return memory == MAP_FAILED ? nullptr : static_cast<FaultReport*>(memory);
}

void prepare() {
    int rank = 0;
    PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
    const char* const report = std::getenv("SEMSCOPE_FAULT_REPORT");
    if (report == nullptr) return;
    if (const char* paths = std::getenv("SEMSCOPE_FAULT_PATHS")) plan.paths = paths;
    const char* const call = std::getenv("SEMSCOPE_FAULT_CALL");
    const char* const only = std::getenv("SEMSCOPE_FAULT_RANK");
    if (call != nullptr && (only == nullptr || std::atoi(only) == rank))
        for (std::size_t i = 0; i < fault_call_names.size(); ++i)
            if (std::strcmp(fault_call_names.at(i), call) == 0) plan.failing = static_cast<int>(i);
    plan.first = number_of("SEMSCOPE_FAULT_FIRST", 1);
    plan.times = number_of("SEMSCOPE_FAULT_TIMES", UINT64_MAX);
    plan.error = static_cast<int>(number_of("SEMSCOPE_FAULT_ERROR", EIO));
    plan.delay = std::chrono::milliseconds(number_of("SEMSCOPE_FAULT_DELAY", 0));
    plan.report = map_report(report, rank);
    ready = plan.report != nullptr;
}

/// Counts a call. Returns whether it is to fail.
bool fails(FaultCall call) {
    const auto index = static_cast<std::size_t>(call);
    const std::uint64_t number = __atomic_add_fetch(&plan.report->calls[index], 1, __ATOMIC_RELAXED);
    if (static_cast<int>(index) != plan.failing || number < plan.first || number - plan.first >= plan.times)
        return false;
    if (plan.delay.count() > 0) {
        std::this_thread::sleep_for(plan.delay);
        return false;
    }
    __atomic_add_fetch(&plan.report->failed, 1, __ATOMIC_RELAXED);
    if (std::getenv("SEMSCOPE_FAULT_TRACE") != nullptr) {
        std::array<void*, 32> frames{};
        backtrace_symbols_fd(frames.data(), backtrace(frames.data(), static_cast<int>(frames.size())), STDERR_FILENO);
    }
    return true;
}

bool path_fails(FaultCall call, const char* path) {
    if (!ready || path == nullptr || fnmatch(plan.paths, path, 0) != 0 || !fails(call)) return false;
    errno = plan.error;
    return true;
}

bool file_fails(FaultCall call, int descriptor) {
    if (!ready) return false;
    std::array<char, 64> link{};
    std::array<char, PATH_MAX> path{};
    (void)std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", descriptor);
    const int before = errno;
    const ssize_t length = ::readlink(link.data(), path.data(), path.size() - 1);
    errno = before;
    return length > 0 && path_fails(call, path.data());
}

/// Whether the code at `place` is the program's own.
bool of_program(const void* place) {
    static const auto code = [] {
        std::pair<std::uintptr_t, std::uintptr_t> range{};
        const auto take_first = [](dl_phdr_info* object, std::size_t /*size*/, void* to) {
            for (int i = 0; i < object->dlpi_phnum; ++i) {
                const auto& part = object->dlpi_phdr[i];
                if (part.p_type != PT_LOAD || (part.p_flags & PF_X) == 0) continue;
                const std::uintptr_t begin = object->dlpi_addr + part.p_vaddr;
                *static_cast<std::pair<std::uintptr_t, std::uintptr_t>*>(to) = {begin, begin + part.p_memsz};
            }
            return 1;  // the program comes first
        };
        dl_iterate_phdr(take_first, &range);
        return range;
    }();
    const auto at = reinterpret_cast<std::uintptr_t>(place);
    return at >= code.first && at < code.second;
}

/// Whether std::thread is at `place`.
bool of_standard_library(const void* place) {
    Dl_info object{};
    return dladdr(place, &object) != 0 && std::strstr(object.dli_fname, "libstdc++") != nullptr;
}

/// Whether the function at `place` is one that the program shares with libraries.
bool is_shared(const void* place) {
    Dl_info object{};
    return dladdr(place, &object) != 0 && object.dli_sname != nullptr;
}

/// Whether the code at `caller`, of the program, asks for memory on behalf of a library that called it.
bool on_behalf_of_library(const void* caller) {
    if (!is_shared(caller)) return false;
    std::array<void*, 32> frames{};
    const auto end = frames.begin() + backtrace(frames.data(), static_cast<int>(frames.size()));
    const auto begin = std::find(frames.begin(), end, caller);
    const auto user = std::find_if(begin, end, [](const void* at) { return !of_program(at) || !is_shared(at); });
    return user != end && !of_program(*user);
}

void* allocate(std::size_t size, std::size_t alignment, const void* caller) {
    if (ready && of_program(caller) && !on_behalf_of_library(caller) && fails(FaultCall::memory))
        throw std::bad_alloc();
    void* const memory = alignment == 0 ? std::malloc(size == 0 ? 1 : size)
                                        : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size, 0, __builtin_return_address(0)); }
void* operator new[](std::size_t size) { return allocate(size, 0, __builtin_return_address(0)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate(size, static_cast<std::size_t>(alignment), __builtin_return_address(0));
}

// A function of the C library in front of its own: fails with `failure`, or calls the one behind it.
#define INTERPOSE(RESULT, NAME, PARAMETERS, ARGUMENTS, CONDITION, FAILURE)                           \
    extern "C" RESULT NAME PARAMETERS {                                                              \
        if (CONDITION) return FAILURE;                                                               \
        static auto* const behind = reinterpret_cast<RESULT(*) PARAMETERS>(dlsym(RTLD_NEXT, #NAME)); \
        return behind ARGUMENTS;                                                                     \
    }
#define INTERPOSE_ON_FILE(RESULT, NAME, CALL, PARAMETERS, ARGUMENTS) \
    INTERPOSE(RESULT, NAME, PARAMETERS, ARGUMENTS, file_fails(FaultCall::CALL, file), -1)
#define INTERPOSE_ON_PATH(RESULT, NAME, CALL, PARAMETERS, ARGUMENTS) \
    INTERPOSE(RESULT, NAME, PARAMETERS, ARGUMENTS, path_fails(FaultCall::CALL, path), -1)

INTERPOSE_ON_FILE(ssize_t, write, write, (int file, const void* from, size_t n), (file, from, n))
INTERPOSE_ON_FILE(ssize_t, pwrite, write, (int file, const void* from, size_t n, off_t at), (file, from, n, at))
INTERPOSE_ON_FILE(ssize_t, writev, write, (int file, const iovec* parts, int n), (file, parts, n))
INTERPOSE_ON_FILE(ssize_t, pwritev, write, (int file, const iovec* parts, int n, off_t at), (file, parts, n, at))
INTERPOSE_ON_FILE(int, ftruncate, write, (int file, off_t size), (file, size))
INTERPOSE_ON_FILE(int, fallocate, write, (int file, int mode, off_t at, off_t n), (file, mode, at, n))

INTERPOSE_ON_FILE(int, fsync, sync, (int file), (file))
INTERPOSE_ON_FILE(int, fdatasync, sync, (int file), (file))

INTERPOSE_ON_FILE(ssize_t, read, read, (int file, void* to, size_t n), (file, to, n))
INTERPOSE_ON_FILE(ssize_t, pread, read, (int file, void* to, size_t n, off_t at), (file, to, n, at))
INTERPOSE_ON_FILE(ssize_t, readv, read, (int file, const iovec* parts, int n), (file, parts, n))
INTERPOSE_ON_FILE(ssize_t, preadv, read, (int file, const iovec* parts, int n, off_t at), (file, parts, n, at))

// A mode may follow; it is passed on in any case, as the functions of the C library look at it only when a file is
// made.
#define INTERPOSE_OPEN(NAME)                                                                    \
    extern "C" int NAME(const char* path, int flags, ...) {                                     \
        va_list more;                                                                           \
        va_start(more, flags);                                                                  \
        const mode_t mode = va_arg(more, mode_t);                                               \
        va_end(more);                                                                           \
        if (path_fails(FaultCall::open, path)) return -1;                                       \
        static auto* const behind = reinterpret_cast<decltype(&NAME)>(dlsym(RTLD_NEXT, #NAME)); \
        return behind(path, flags, mode);                                                       \
    }
INTERPOSE_OPEN(open)
INTERPOSE_OPEN(open64)
INTERPOSE(FILE*, fopen, (const char* path, const char* mode), (path, mode), path_fails(FaultCall::open, path), nullptr)
INTERPOSE(FILE*, fopen64, (const char* path, const char* mode), (path, mode), path_fails(FaultCall::open, path),
          nullptr)

INTERPOSE_ON_PATH(int, stat, stat, (const char* path, struct stat* to), (path, to))
INTERPOSE_ON_PATH(int, stat64, stat, (const char* path, struct stat64* to), (path, to))
INTERPOSE_ON_PATH(int, lstat, stat, (const char* path, struct stat* to), (path, to))
INTERPOSE_ON_PATH(int, lstat64, stat, (const char* path, struct stat64* to), (path, to))
INTERPOSE_ON_FILE(int, fstat, stat, (int file, struct stat* to), (file, to))
INTERPOSE_ON_FILE(int, fstat64, stat, (int file, struct stat64* to), (file, to))
INTERPOSE_ON_PATH(int, fstatat, stat, (int at, const char* path, struct stat* to, int flags), (at, path, to, flags))

INTERPOSE_ON_PATH(int, rename, rename, (const char* path, const char* to), (path, to))
INTERPOSE_ON_PATH(int, renameat2, rename, (int at, const char* path, int at_to, const char* to, unsigned flags),
                  (at, path, at_to, to, flags))
INTERPOSE_ON_PATH(int, link, rename, (const char* path, const char* to), (path, to))

INTERPOSE(int, pthread_create,
          (pthread_t * thread, const pthread_attr_t* attributes, void* (*run)(void*), void* argument),
          (thread, attributes, run, argument),
          ready&& of_standard_library(__builtin_return_address(0)) && fails(FaultCall::thread), plan.error)

extern "C" int MPI_Init_thread(int* argc, char*** argv, int required, int* provided) {
    const int status = PMPI_Init_thread(argc, argv, required, provided);
    prepare();
    return status;
}

extern "C" int MPI_Finalize() {
    const int status = PMPI_Finalize();
    ready = false;
    return status;
}
