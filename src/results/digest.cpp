#include "semscope/results/digest.hpp"

#include "semscope/base/digest.hpp"
#include "semscope/base/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace semscope::results {

namespace {

std::string describe_type(hid_t type) {
    const H5T_class_t kind = H5Tget_class(type);
    const bool is_signed = kind == H5T_INTEGER && H5Tget_sign(type) != H5T_SGN_NONE;
    return fmt::format("{}{}{}", static_cast<int>(kind), is_signed ? "s" : "u", 8 * H5Tget_size(type));
}

void add_dataset(const hdf5::Dataset& dataset, Sha256& digest) {
    const hdf5::Handle type(H5Dget_type(dataset.id()), H5Tclose, "asking for the type of " + dataset.name());
    const auto shape = dataset.shape();
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

}  // namespace semscope::results
