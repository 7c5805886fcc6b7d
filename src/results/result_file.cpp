#include "semscope/results/result_file.hpp"

#include "schema.hpp"
#include "semscope/core/digest.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <vector>

namespace semscope::results {

std::string format_of(const hdf5::File& file) { return text_attribute(file, "format"); }

namespace {

std::string describe_type(hid_t type) {
    const H5T_class_t kind = H5Tget_class(type);
    const bool is_signed = kind == H5T_INTEGER && H5Tget_sign(type) != H5T_SGN_NONE;
    return fmt::format("{}{}{}", static_cast<int>(kind), is_signed ? "s" : "u", 8 * H5Tget_size(type));
}

void add_dataset(const hdf5::Dataset& dataset, Sha256& digest) {
    const hdf5::Handle type(H5Dget_type(dataset.id()), H5Tclose, "asking for the type of " + dataset.name());
    const auto& shape = dataset.shape();
    digest.update(fmt::format("{} {} [{}]\n", dataset.name(), describe_type(type.get()), fmt::join(shape, ",")));
    if (shape.empty()) return;
    const H5T_class_t kind = H5Tget_class(type.get());
    if ((kind != H5T_INTEGER && kind != H5T_FLOAT && kind != H5T_STRING) || H5Tis_variable_str(type.get()) > 0)
        throw InputError(
            fmt::format("dataset {} holds neither numbers nor fixed-length strings, which alone have a "
                        "digest",
                        dataset.name()));

    // Read in the type of the file: the bytes of the digest are those that are stored.
    const std::size_t row_bytes = dataset.row_length() * H5Tget_size(type.get());
    if (row_bytes == 0) return;  // any number of rows without elements can be claimed for nothing
    const std::uint64_t block =
        std::max<std::uint64_t>(1, (std::uint64_t{8} << 20) / std::max<std::size_t>(row_bytes, 1));
    const hdf5::Handle space(H5Dget_space(dataset.id()), H5Sclose, "opening the space of " + dataset.name());
    std::vector<hsize_t> start(shape.size(), 0);
    std::vector<hsize_t> count(shape.begin(), shape.end());
    std::vector<std::byte> bytes;
    for (std::uint64_t begin = 0; begin < shape[0]; begin += block) {
        start[0] = begin;
        count[0] = std::min(block, shape[0] - begin);
        bytes.resize(count[0] * row_bytes);
        hdf5::check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
                    "selecting rows of " + dataset.name());
        const hdf5::Handle memory(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), H5Sclose,
                                  "creating a memory space");
        hdf5::check(H5Dread(dataset.id(), type.get(), memory.get(), space.get(), H5P_DEFAULT, bytes.data()),
                    "reading " + dataset.name());
        digest.update(bytes);
    }
}

}  // namespace

std::string content_digest(const hdf5::File& file) {
    Sha256 digest;
    for (const std::string& name : file.dataset_names()) add_dataset(file.dataset(name), digest);
    return digest.hex();
}

namespace {

std::uint64_t count_done(const OcclusionReader& file) {
    constexpr std::uint64_t block = std::uint64_t{1} << 20;
    std::uint64_t done = 0;
    for (std::uint64_t begin = 0; begin < file.images(); begin += block) {
        const auto status = file.image_status({begin, std::min(file.images(), begin + block)});
        done += static_cast<std::uint64_t>(
            std::count(status.begin(), status.end(), static_cast<std::uint8_t>(ImageStatus::done)));
    }
    return done;
}

}  // namespace

std::string identity_of(const OcclusionReader& file) {
    std::string text;
    for (const char* name : {"configuration_digest", "model_sha256", "image_list_sha256", "created"})
        text += fmt::format("{} = {}\n", name, file.attribute(name));
    text += fmt::format("images = {}\nvariants = {}\nscenes = {}\nsemantics = {}\ndone = {}\n", file.images(),
                        file.variants(), file.scenes(), file.semantics(), count_done(file));
    return sha256_of_text(text);
}

bool made_from(const StatisticsReader& statistics, const OcclusionReader& occlusion) {
    return statistics.attribute("occlusion_identity") == identity_of(occlusion);
}

namespace {

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

constexpr const char* creation_mark = ".creating.";

}  // namespace

std::string creation_suffix() { return fmt::format("{}{}", creation_mark, ::getpid()); }

std::filesystem::path temporary_path(const std::filesystem::path& path) { return path.string() + creation_suffix(); }

void reserve_space(const std::filesystem::path& path) {
    const FileDescriptor file(path, O_WRONLY);
    if (!file.is_open()) throw IoError(fmt::format("{}: {}", path.string(), std::strerror(errno)));
    const auto size = static_cast<off_t>(std::filesystem::file_size(path));
    // fallocate, not posix_fallocate: the latter writes every block where the file system has no such call.
    int error = size == 0 || ::fallocate(file.get(), 0, 0, size) == 0 ? 0 : errno;
    if (error == EOPNOTSUPP || error == ENOSYS) error = compare_with_free_space(file.get(), size);
    if (error != 0)
        throw IoError(
            fmt::format("{}: no room for the {} bytes of this file: {}", path.string(), size, std::strerror(error)));
}

void remove_leftovers(const std::filesystem::path& path) {
    const std::string beginning = path.filename().string() + creation_mark;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(path.parent_path(), ignored))
        if (entry.path().filename().string().starts_with(beginning)) std::filesystem::remove(entry.path(), ignored);
}

}  // namespace semscope::results
