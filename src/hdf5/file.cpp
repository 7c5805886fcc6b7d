#include "semscope/hdf5/file.hpp"

#include "info.hpp"
#include "semscope/base/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

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
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored))
        throw InputError(fmt::format("{}: there is no such file", path.string()));
    try {
        return make(Handle(H5Fopen(path.c_str(), flags_of(access), properties.get()), H5Fclose, "opening"), path);
    } catch (const LibraryError& error) {
        throw InputError(fmt::format("{}: cannot be opened as an HDF5 file ({})", path.string(), error.what()));
    }
}

herr_t collect_dataset(hid_t group, const char* name, const H5O_info_t* info, void* names) {
    (void)group;
    if (info->type == H5O_TYPE_DATASET)
        static_cast<std::vector<std::string>*>(names)->push_back(std::string("/") + name);
    return 0;
}

}  // namespace

File::File(Handle file, std::filesystem::path path, bool parallel)
    : file_(std::move(file)), path_(std::move(path)), parallel_(parallel) {}

File File::create(const std::filesystem::path& path) {
    silence_error_printing();
    try {
        Handle file(H5Fcreate(path.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT), H5Fclose, "creating");
        return {std::move(file), path, false};
    } catch (const LibraryError& error) {
        throw IoError(fmt::format("{}: cannot be created ({})", path.string(), error.what()));
    }
}

File File::open(const std::filesystem::path& path, Access access) {
    const Handle properties(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "creating access properties");
    return open_with(path, access, properties, [](Handle file, const std::filesystem::path& where) {
        return File(std::move(file), where, false);
    });
}

File File::open(const std::filesystem::path& path, Access access, const mpi::Communicator& communicator,
                const KeyValues& hints) {
    const Info info(hints);
    const Handle properties(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "creating access properties");
    check(H5Pset_fapl_mpio(properties.get(), communicator.native(), info.native()), "choosing MPI-IO");
    // One rank reads metadata and tells the others, instead of thousands reading the same bytes.
    check(H5Pset_all_coll_metadata_ops(properties.get(), true), "asking for collective metadata");
    check(H5Pset_coll_metadata_write(properties.get(), true), "asking for collective metadata");
    return open_with(path, access, properties, [](Handle file, const std::filesystem::path& where) {
        return File(std::move(file), where, true);
    });
}

KeyValues File::hints() const {
    if (!parallel_) return {};
    void* handle = nullptr;  // HDF5 hands out a pointer to the MPI_File that it keeps
    check(H5Fget_vfd_handle(id(), H5P_DEFAULT, &handle), "asking for the MPI file of " + path_.string());
    return hints_of(*static_cast<MPI_File*>(handle));
}

void File::create_group(const std::string& name) {
    const Handle properties(H5Pcreate(H5P_LINK_CREATE), H5Pclose, "creating link properties");
    check(H5Pset_create_intermediate_group(properties.get(), 1), "asking for intermediate groups");
    const Handle group(H5Gcreate2(id(), name.c_str(), properties.get(), H5P_DEFAULT, H5P_DEFAULT), H5Gclose,
                       "creating group " + name);
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

Dataset File::dataset(const std::string& name) const {
    if (!has(name)) throw InputError(fmt::format("{}: there is no dataset {}", path_.string(), name));
    try {
        Handle dataset(H5Dopen2(id(), name.c_str(), H5P_DEFAULT), H5Dclose, "opening dataset " + name);
        require_backed(dataset.get(), name);
        return {std::move(dataset), name, parallel_};
    } catch (const Error& error) {
        throw InputError(fmt::format("{}: {}", path_.string(), error.what()));
    }
}

bool File::has(const std::string& name) const {
    for (std::size_t end = name.find('/', 1); end != std::string::npos; end = name.find('/', end + 1))
        if (!is_own_link(id(), name.substr(0, end))) return false;
    return is_own_link(id(), name);
}

std::vector<std::string> File::dataset_names() const {
    std::vector<std::string> names;
    check(H5Ovisit(id(), H5_INDEX_NAME, H5_ITER_INC, collect_dataset, &names), "listing datasets");
    std::sort(names.begin(), names.end());
    return names;
}

void File::flush() { check(H5Fflush(id(), H5F_SCOPE_GLOBAL), "flushing " + path_.string()); }

void File::close() { file_.close("closing " + path_.string()); }

namespace {

/// An open file descriptor.
class Descriptor {
  public:
    Descriptor(const std::filesystem::path& path, int flags)
        : number_(::open(path.c_str(), flags | O_CLOEXEC)) {  // NOLINT(cppcoreguidelines-pro-type-vararg)
        if (number_ < 0) throw IoError(fmt::format("{}: {}", path.string(), std::strerror(errno)));
    }
    ~Descriptor() { ::close(number_); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const noexcept { return number_; }

  private:
    int number_;
};

/// 0, or ENOSPC when the blocks that the file still lacks are more than are free.
int compare_with_free_space(int descriptor, off_t size) {
    struct stat status {};
    struct statvfs system {};
    if (::fstat(descriptor, &status) != 0 || ::fstatvfs(descriptor, &system) != 0) return 0;
    constexpr double block = 512;  // of st_blocks, by POSIX
    const double lacking = static_cast<double>(size) - block * static_cast<double>(status.st_blocks);
    const double free = static_cast<double>(system.f_bavail) * static_cast<double>(system.f_frsize);
    return lacking > free ? ENOSPC : 0;
}

}  // namespace

void reserve_space(const std::filesystem::path& path) {
    const Descriptor file(path, O_WRONLY);
    const auto size = static_cast<off_t>(std::filesystem::file_size(path));
    // fallocate, not posix_fallocate: the latter writes every block where the file system has no such call.
    int error = size == 0 || ::fallocate(file.get(), 0, 0, size) == 0 ? 0 : errno;
    if (error == EOPNOTSUPP || error == ENOSYS) error = compare_with_free_space(file.get(), size);
    if (error != 0)
        throw IoError(
            fmt::format("{}: no room for the {} bytes of this file: {}", path.string(), size, std::strerror(error)));
}

void sync_to_disk(const std::filesystem::path& path) {
    const Descriptor file(path, O_RDONLY);
    // Some file systems cannot do it for folders (EINVAL); there is no other way then.
    if (::fsync(file.get()) != 0 && errno != EINVAL)
        throw IoError(fmt::format("{}: cannot be brought to the disk: {}", path.string(), std::strerror(errno)));
}

}  // namespace semscope::hdf5
