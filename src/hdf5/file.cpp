#include "semscope/hdf5/file.hpp"

#include "semscope/comm/agreement.hpp"
#include "semscope/comm/program.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/files.hpp"

#include <fmt/format.h>
#include <mpi.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <span>

namespace semscope::hdf5 {

namespace {

unsigned flags_of(Access access) { return access == Access::read ? H5F_ACC_RDONLY : H5F_ACC_RDWR; }

File open_with(const std::filesystem::path& path, Access access, const Handle& properties,
               File (*make)(Handle, const std::filesystem::path&)) {
    silence_error_printing();
    try {
        return make(Handle(H5Fopen(path.c_str(), flags_of(access), properties.get()), H5Fclose, "opening"), path);
    } catch (const IoError& error) {
        throw IoError(fmt::format("{}: cannot be opened ({})", path.string(), error.what()));
    } catch (const LibraryError& error) {
        throw InputError(fmt::format("{}: cannot be opened as an HDF5 file ({})", path.string(), error.what()));
    }
}

/// Throws what is wrong with the file before HDF5 sees it: InputError when it is not there or not for this user,
/// IoError when the file system has failed. Local.
void require_openable(const std::filesystem::path& path, Access access) {
    const FileDescriptor file(path, (access == Access::read ? O_RDONLY : O_RDWR) | O_NONBLOCK);
    struct stat status {};
    if (file.is_open() && ::fstat(file.get(), &status) == 0) {
        if (!S_ISREG(status.st_mode)) throw InputError(fmt::format("{}: is not a regular file", path.string()));
        return;
    }
    if (errno == ENOENT) throw InputError(fmt::format("{}: there is no such file", path.string()));
    const std::string message = fmt::format("{}: cannot be opened: {}", path.string(), std::strerror(errno));
    if (errno == EACCES || errno == EISDIR || errno == EROFS || errno == ENOTDIR) throw InputError(message);
    throw IoError(message);
}

int world_rank() {
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    return rank;
}

int world_size() {
    int size = 0;
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    return size;
}

/// Called by MPI when opening a file of all ranks fails on this one. The form is the one that MPI asks for.
// NOLINTNEXTLINE(cert-dcl50-cpp,readability-non-const-parameter)
void end_job_on_error(MPI_File* /*file*/, int* code, ...) {
    std::array<char, MPI_MAX_ERROR_STRING> text{};
    int length = 0;
    MPI_Error_string(*code, text.data(), &length);
    comm::end_job(comm::program_name(), fmt::format("rank {} on {}: a file of all ranks cannot be opened here: {}",
                                                    world_rank(), comm::host_name(), text.data()));
}

/// For its lifetime an error of MPI_File_open ends the job, with a message that names the rank: HDF5 would leave the
/// collective calls that follow, and the other ranks wait there for ever.
class OpenErrorsEndTheJob {
  public:
    OpenErrorsEndTheJob() {
        MPI_File_get_errhandler(MPI_FILE_NULL, &before_);
        MPI_File_create_errhandler(end_job_on_error, &handler_);
        MPI_File_set_errhandler(MPI_FILE_NULL, handler_);
    }
    ~OpenErrorsEndTheJob() {
        MPI_File_set_errhandler(MPI_FILE_NULL, before_);
        MPI_Errhandler_free(&before_);
        MPI_Errhandler_free(&handler_);
    }
    OpenErrorsEndTheJob(const OpenErrorsEndTheJob&) = delete;
    OpenErrorsEndTheJob& operator=(const OpenErrorsEndTheJob&) = delete;

  private:
    MPI_Errhandler before_ = MPI_ERRHANDLER_NULL;
    MPI_Errhandler handler_ = MPI_ERRHANDLER_NULL;
};

/// The MPI file behind an HDF5 file that is open in parallel.
MPI_File mpi_file_of(hid_t file) {
    void* handle = nullptr;  // HDF5 returns a pointer to the MPI_File that it keeps
    check(H5Fget_vfd_handle(file, H5P_DEFAULT, &handle), "asking for the MPI file");
    return *static_cast<MPI_File*>(handle);
}

herr_t collect_dataset(hid_t group, const char* name, const H5O_info_t* info, void* names) {
    (void)group;
    if (info->type == H5O_TYPE_DATASET)
        static_cast<std::vector<std::string>*>(names)->push_back(std::string("/") + name);
    return 0;
}

/// An MPI_Info made of key-value pairs, freed at the end of its life; MPI_INFO_NULL without pairs.
class Info {
  public:
    explicit Info(const KeyValues& pairs) {
        check_hints(pairs);
        if (pairs.empty()) return;
        MPI_Info_create(&handle_);
        for (const auto& [key, value] : pairs) MPI_Info_set(handle_, key.c_str(), value.c_str());
    }
    Info(const Info&) = delete;
    Info& operator=(const Info&) = delete;
    ~Info() {
        if (handle_ != MPI_INFO_NULL) MPI_Info_free(&handle_);
    }

    MPI_Info native() const noexcept { return handle_; }

  private:
    MPI_Info handle_ = MPI_INFO_NULL;
};

/// The hints in effect for an open MPI file, sorted by key.
KeyValues hints_of(MPI_File file) {
    MPI_Info info = MPI_INFO_NULL;
    if (MPI_File_get_info(file, &info) != MPI_SUCCESS) throw LibraryError("MPI_File_get_info failed");
    int count = 0;
    MPI_Info_get_nkeys(info, &count);
    KeyValues pairs;
    for (int i = 0; i < count; ++i) {
        std::array<char, MPI_MAX_INFO_KEY + 1> key{};
        std::array<char, MPI_MAX_INFO_VAL + 1> value{};
        int found = 0;
        MPI_Info_get_nthkey(info, i, key.data());
        MPI_Info_get(info, key.data(), MPI_MAX_INFO_VAL, value.data(), &found);
        if (found != 0) pairs.emplace_back(key.data(), value.data());
    }
    MPI_Info_free(&info);
    std::sort(pairs.begin(), pairs.end());
    return pairs;
}

}  // namespace

void check_hints(const KeyValues& hints) {
    for (const auto& [key, value] : hints)
        if (key.size() >= MPI_MAX_INFO_KEY || value.size() >= MPI_MAX_INFO_VAL)
            throw UsageError(fmt::format("output.hints: {}={} is too long for MPI ({} and {} characters at most)", key,
                                         value, MPI_MAX_INFO_KEY - 1, MPI_MAX_INFO_VAL - 1));
}

File::File(Handle file, std::filesystem::path path, bool parallel)
    : file_(std::move(file)), path_(std::move(path)), parallel_(parallel) {}

File File::create(const std::filesystem::path& path) {
    silence_error_printing();
    try {
        Handle file(H5Fcreate(path.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT), H5Fclose, "creating");
        return {std::move(file), path, false};
    } catch (const Error& error) {
        throw IoError(fmt::format("{}: cannot be created ({})", path.string(), error.what()));
    }
}

File File::open(const std::filesystem::path& path, Access access) {
    require_openable(path, access);
    const Handle properties(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "creating access properties");
    return open_with(path, access, properties, [](Handle file, const std::filesystem::path& where) {
        return File(std::move(file), where, false);
    });
}

File File::open(const std::filesystem::path& path, Access access, const comm::Communicator& communicator,
                const KeyValues& hints) {
    // A rank that cannot open the file must not leave the others in the collective call that does.
    comm::agree(communicator, [&] { require_openable(path, access); });
    const Info info(hints);
    const Handle properties(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "creating access properties");
    check(H5Pset_fapl_mpio(properties.get(), communicator.native(), info.native()), "choosing MPI-IO");
    // Each rank reads the few kilobytes of metadata by itself: in collective reads of it, a rank where one fails leaves
    // the others waiting, and OMPIO loses the error of the read.
    check(H5Pset_coll_metadata_write(properties.get(), true), "asking for collective metadata");
    File file = [&] {
        const OpenErrorsEndTheJob guard;
        return open_with(path, access, properties, [](Handle handle, const std::filesystem::path& where) {
            return File(std::move(handle), where, true);
        });
    }();
    // The file has taken over what held for MPI_FILE_NULL while it was opened.
    MPI_File_set_errhandler(mpi_file_of(file.id()), MPI_ERRORS_RETURN);
    return file;
}

File::~File() {
    // Closing waits for all ranks.
    if (parallel_ && comm::unwinding_alone()) file_.release();
}

KeyValues File::hints() const {
    if (!parallel_) return {};
    return hints_of(mpi_file_of(id()));
}

Dataset File::create_dataset(const std::string& name, hid_t type, const std::vector<std::uint64_t>& shape) {
    const std::vector<hsize_t> extent(shape.begin(), shape.end());
    const Handle space(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), H5Sclose,
                       "creating the space of " + name);
    const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "creating dataset properties");
    // Contiguous, allocated now and never filled: afterwards raw data is written and no metadata changes, so that a
    // run killed at any moment leaves a file that opens.
    check(H5Pset_layout(creation.get(), H5D_CONTIGUOUS), "choosing a layout");
    check(H5Pset_alloc_time(creation.get(), H5D_ALLOC_TIME_EARLY), "choosing early allocation");
    check(H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER), "choosing no fill");
    const Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose, "creating link properties");
    check(H5Pset_create_intermediate_group(links.get(), 1), "asking for intermediate groups");
    Handle dataset(H5Dcreate2(id(), name.c_str(), type, space.get(), links.get(), creation.get(), H5P_DEFAULT),
                   H5Dclose, "creating dataset " + name);
    return {std::move(dataset), name, parallel_};
}

namespace {

/// Bytes that the dataset says it holds; nothing when that is more than 64 bits can tell.
std::optional<std::uint64_t> logical_bytes(hid_t dataset, const std::string& name) {
    const Handle type(H5Dget_type(dataset), H5Tclose, "asking for the type of " + name);
    const Handle space(H5Dget_space(dataset), H5Sclose, "asking for the shape of " + name);
    if (H5Sget_simple_extent_type(space.get()) == H5S_NULL) return 0;
    std::array<hsize_t, H5S_MAX_RANK> extent{};
    const int rank = H5Sget_simple_extent_dims(space.get(), extent.data(), nullptr);
    std::uint64_t bytes = H5Tget_size(type.get());
    const std::span used(extent.data(), static_cast<std::size_t>(std::max(rank, 0)));
    if (std::find(used.begin(), used.end(), 0U) != used.end()) return 0;
    for (const std::uint64_t each : used)
        if (__builtin_mul_overflow(bytes, each, &bytes)) return std::nullopt;
    return bytes;
}

/// Throws InputError, without the path, when the data are not in this file or cannot be as many as it says.
void require_backed(hid_t dataset, const std::string& name) {
    const Handle creation(H5Dget_create_plist(dataset), H5Pclose, "asking for the layout of " + name);
    if (H5Pget_layout(creation.get()) == H5D_VIRTUAL || H5Pget_external_count(creation.get()) > 0)
        throw InputError(fmt::format("the data of {} lie in other files, which are not read", name));
    constexpr std::uint64_t densest = 1032;  // of deflate
    const auto bytes = logical_bytes(dataset, name);
    const std::uint64_t stored = H5Dget_storage_size(dataset);
    if (!bytes || *bytes / densest > stored || (*bytes > 0 && stored == 0))
        throw InputError(
            fmt::format("dataset {} has a shape that the {} bytes stored of it cannot fill", name, stored));
}

bool is_own_link(hid_t file, const std::string& name) {
    H5L_info_t info{};
    return H5Lexists(file, name.c_str(), H5P_DEFAULT) > 0 && H5Lget_info(file, name.c_str(), &info, H5P_DEFAULT) >= 0 &&
           info.type == H5L_TYPE_HARD;
}

}  // namespace

Dataset File::open_dataset(const std::string& name) const {
    if (!has(name)) throw InputError(fmt::format("{}: there is no dataset {}", path_.string(), name));
    try {
        Handle dataset(H5Dopen2(id(), name.c_str(), H5P_DEFAULT), H5Dclose, "opening dataset " + name);
        require_backed(dataset.get(), name);
        return {std::move(dataset), name, parallel_};
    } catch (const IoError& error) {
        throw IoError(fmt::format("{}: {}", path_.string(), error.what()));
    } catch (const Error& error) {
        throw InputError(fmt::format("{}: {}", path_.string(), error.what()));
    }
}

Dataset File::dataset(const std::string& name) const {
    try {
        return open_dataset(name);
    } catch (const Error& error) {
        if (!parallel_ || world_size() == 1) throw;  // nobody waits
        // Metadata that one rank could not read leave HDF5's caches different among ranks, and then even closing the
        // file waits for ever. What is in the file was looked at before it was opened by all.
        comm::end_job(comm::program_name(),
                      fmt::format("rank {} on {}: {}", world_rank(), comm::host_name(), error.what()));
    }
}

bool File::has(const std::string& name) const {
    for (std::size_t end = name.find('/', 1); end != std::string::npos; end = name.find('/', end + 1))
        if (!is_own_link(id(), name.substr(0, end))) return false;
    return is_own_link(id(), name);
}

Handle File::group(const std::string& name) const {
    if (!has(name)) throw InputError(fmt::format("{}: there is no group {}", path_.string(), name));
    return {H5Gopen2(id(), name.c_str(), H5P_DEFAULT), H5Gclose, "opening group " + name};
}

std::vector<std::string> File::dataset_names() const {
    std::vector<std::string> names;
    check(H5Ovisit(id(), H5_INDEX_NAME, H5_ITER_INC, collect_dataset, &names), "listing datasets");
    std::sort(names.begin(), names.end());
    return names;
}

// The texts are made after the calls, which are collective: no rank may miss them for want of memory.
void File::flush() {
    const herr_t status = H5Fflush(id(), H5F_SCOPE_GLOBAL);
    check(status, "flushing " + path_.string());
}

void File::close() {
    const herr_t status = file_.close();
    check(status, "closing " + path_.string());
}

}  // namespace semscope::hdf5
