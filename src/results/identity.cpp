#include "semscope/results/identity.hpp"

#include "reading.hpp"
#include "semscope/core/digest.hpp"
#include "semscope/core/errors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
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

}  // namespace semscope::results
