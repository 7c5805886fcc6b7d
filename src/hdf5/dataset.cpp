#include "semscope/hdf5/dataset.hpp"

#include "semscope/core/errors.hpp"

#include <fmt/format.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <exception>
#include <numeric>

namespace semscope::hdf5 {

namespace {

/// A space with one range of rows selected.
Handle select_range(hid_t space, const Range& range, const std::string& name) {
    Handle selected(H5Scopy(space), H5Sclose, "copying the space of " + name);
    std::vector<hsize_t> count(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space)));
    H5Sget_simple_extent_dims(space, count.data(), nullptr);
    std::vector<hsize_t> start(count.size(), 0);
    start[0] = range.begin;
    count[0] = range.size();
    check(H5Sselect_hyperslab(selected.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
          "selecting rows of " + name);
    return selected;
}

/// The union of ranges, at least one, halves first. HDF5 goes through all of a selection to add to it: one range after
/// the other would cost the square of their number.
Handle select_union(hid_t space, std::span<const Range> ranges, const std::string& name) {
    if (ranges.size() == 1) return select_range(space, ranges.front(), name);
    const std::size_t half = ranges.size() / 2;
    Handle first = select_union(space, ranges.first(half), name);
    const Handle second = select_union(space, ranges.subspan(half), name);
    check(H5Smodify_select(first.get(), H5S_SELECT_OR, second.get()), "joining rows of " + name);
    return first;
}

/// The file space of a dataset with the rows of `ranges` selected; nothing when there are none.
Handle select_rows(const Dataset& dataset, std::span<const Range> ranges) {
    const std::string& name = dataset.name();
    Handle space(H5Dget_space(dataset.id()), H5Sclose, "opening the space of " + name);
    std::vector<Range> filled;
    for (const Range& range : ranges)
        if (!range.empty()) filled.push_back(range);
    if (!filled.empty()) return select_union(space.get(), filled, name);
    check(H5Sselect_none(space.get()), "clearing the selection of " + name);
    return space;
}

/// A flat memory space of `count` numbers; one that selects nothing when count is 0, as MPI-IO wants it.
Handle memory_space(std::size_t count) {
    const hsize_t extent = std::max<std::size_t>(count, 1);
    Handle space(H5Screate_simple(1, &extent, nullptr), H5Sclose, "creating a memory space");
    if (count == 0) check(H5Sselect_none(space.get()), "selecting no memory");
    return space;
}

std::uint64_t count_rows(std::span<const Range> ranges) {
    return std::accumulate(ranges.begin(), ranges.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const Range& range) { return sum + range.size(); });
}

}  // namespace

namespace {

std::vector<std::uint64_t> shape_of(hid_t dataset, const std::string& name) {
    const Handle space(H5Dget_space(dataset), H5Sclose, "asking for the shape of " + name);
    const int rank = H5Sget_simple_extent_ndims(space.get());
    std::vector<hsize_t> extent(static_cast<std::size_t>(std::max(rank, 0)));
    H5Sget_simple_extent_dims(space.get(), extent.data(), nullptr);
    return {extent.begin(), extent.end()};
}

}  // namespace

Dataset::Dataset(Handle dataset, std::string name, bool parallel)
    : dataset_(std::move(dataset)),
      name_(std::move(name)),
      parallel_(parallel),
      shape_(shape_of(dataset_.get(), name_)) {}

std::uint64_t Dataset::row_length() const {
    if (shape_.empty()) throw InputError(fmt::format("dataset {} has no rows", name_));
    return std::accumulate(shape_.begin() + 1, shape_.end(), std::uint64_t{1}, std::multiplies<>());
}

void Dataset::require_rows(Range range) const {
    if (shape_.empty() || range.begin > range.end || range.end > shape_[0])
        throw InputError(fmt::format("dataset {} does not have the rows {} to {} that the file refers to", name_,
                                     range.begin, range.end));
}

bool Dataset::is_empty() const { return rows() * row_length() == 0; }

Handle Dataset::transfer_properties() const {
    Handle properties(H5Pcreate(H5P_DATASET_XFER), H5Pclose, "creating transfer properties");
    if (!parallel_ || !collective_transfers) return properties;  // independent is HDF5's default
    check(H5Pset_dxpl_mpio(properties.get(), H5FD_MPIO_COLLECTIVE), "asking for a collective transfer");
    // The call is collective, yet every rank moves its own bytes, which are contiguous here anyway. When ranks write
    // for each other (two-phase I/O), Open MPI 4.1 loses the error of a write that failed: every rank is told that all
    // is well. So it is reported by the rank whose write failed.
    check(H5Pset_dxpl_mpio_collective_opt(properties.get(), H5FD_MPIO_INDIVIDUAL_IO), "asking for own writes");
    return properties;
}

void Dataset::note_transfer(const Handle& properties) const {
    H5D_mpio_actual_io_mode_t mode = H5D_MPIO_NO_COLLECTIVE;
    if (parallel_) H5Pget_mpio_actual_io_mode(properties.get(), &mode);
    last_collective_ = mode != H5D_MPIO_NO_COLLECTIVE;
}

namespace {

/// What a transfer needs: made before the call, so that in it nothing is left to fail but the transfer itself.
struct Transfer {
    Handle space;
    Handle memory;
    Handle properties;
};

/// Makes a transfer with `prepare(false)`. Of a file of all ranks the call itself is collective: a rank where that
/// fails takes part without data, by `prepare(true)`, and `error` gets what it threw.
template <class Prepare>
Transfer prepare_to_take_part(bool parallel, std::exception_ptr& error, Prepare&& prepare) {
    try {
        return prepare(false);
    } catch (...) {
        if (!parallel) throw;
        error = std::current_exception();
    }
    return prepare(true);
}

}  // namespace

void Dataset::transfer_out(std::span<const Range> ranges, hid_t type, const void* values, std::size_t count) {
    if (is_empty()) return;
    std::exception_ptr error;
    const Transfer transfer = prepare_to_take_part(parallel_, error, [&](bool without_data) {
        if (!without_data && count_rows(ranges) * row_length() != count)
            throw LibraryError(fmt::format("{}: {} values do not fill {} rows", name_, count, count_rows(ranges)));
        Handle space = select_rows(*this, without_data ? std::span<const Range>() : ranges);
        return Transfer{std::move(space), memory_space(without_data ? 0 : count), transfer_properties()};
    });
    const herr_t status =
        H5Dwrite(id(), type, transfer.memory.get(), transfer.space.get(), transfer.properties.get(), values);
    if (error) std::rethrow_exception(error);
    check(status, "writing " + name_);
    note_transfer(transfer.properties);
}

void Dataset::transfer_in(Range range, hid_t type, void* values, std::size_t count) const {
    if (is_empty() && count == 0) return require_rows(range);
    std::exception_ptr error;
    const Transfer transfer = prepare_to_take_part(parallel_, error, [&](bool without_data) {
        if (!without_data) require_rows(range);
        if (!without_data && range.size() * row_length() != count)
            throw LibraryError(
                fmt::format("{}: rows {} to {} do not fit {} values", name_, range.begin, range.end, count));
        Handle space = select_rows(*this, without_data ? std::span<const Range>() : std::span(&range, 1));
        return Transfer{std::move(space), memory_space(without_data ? 0 : count), transfer_properties()};
    });
    const herr_t status =
        H5Dread(id(), type, transfer.memory.get(), transfer.space.get(), transfer.properties.get(), values);
    if (error) std::rethrow_exception(error);
    check(status, "reading " + name_);
    note_transfer(transfer.properties);
}

void Dataset::write_strings(std::uint64_t first_row, std::span<const std::string> texts) {
    const Handle type(H5Dget_type(id()), H5Tclose, "asking for the type of " + name_);
    const std::size_t length = H5Tget_size(type.get());
    std::string packed(texts.size() * length, '\0');
    for (std::size_t i = 0; i < texts.size(); ++i) texts[i].copy(packed.data() + i * length, length);

    const Range range{first_row, first_row + texts.size()};
    const Handle space = select_rows(*this, std::span(&range, 1));
    const Handle memory = memory_space(texts.size());
    check(H5Dwrite(id(), type.get(), memory.get(), space.get(), H5P_DEFAULT, packed.data()), "writing " + name_);
}

std::vector<std::string> Dataset::read_strings(Range range) const {
    const Handle type(H5Dget_type(id()), H5Tclose, "asking for the type of " + name_);
    if (H5Tget_class(type.get()) != H5T_STRING || H5Tis_variable_str(type.get()) > 0)
        throw InputError(fmt::format("dataset {} does not hold fixed-length strings", name_));
    require_rows(range);
    if (row_length() != 1) throw InputError(fmt::format("dataset {} has more than one dimension", name_));
    if (is_empty()) return {};
    const std::size_t length = H5Tget_size(type.get());
    std::string packed(range.size() * length, '\0');

    const Handle space = select_rows(*this, std::span(&range, 1));
    const Handle memory = memory_space(range.size());
    const Handle properties = transfer_properties();
    check(H5Dread(id(), type.get(), memory.get(), space.get(), properties.get(), packed.data()), "reading " + name_);

    std::vector<std::string> texts;
    for (std::size_t i = 0; i < range.size(); ++i) {
        const std::string_view padded(packed.data() + i * length, length);
        texts.emplace_back(padded.substr(0, padded.find('\0')));
    }
    return texts;
}

namespace {

void write_scalar(hid_t object, const std::string& name, hid_t file_type, hid_t memory_type, const void* value) {
    if (has_attribute(object, name)) check(H5Adelete(object, name.c_str()), "replacing attribute " + name);
    const Handle space(H5Screate(H5S_SCALAR), H5Sclose, "creating a scalar space");
    const Handle attribute(H5Acreate2(object, name.c_str(), file_type, space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
                           "creating attribute " + name);
    check(H5Awrite(attribute.get(), memory_type, value), "writing attribute " + name);
}

/// The file that an object is in, for messages.
std::string file_of(hid_t object) {
    const ssize_t length = H5Fget_name(object, nullptr, 0);
    std::string name(static_cast<std::size_t>(std::max<ssize_t>(length, 0)), '\0');
    if (length > 0) H5Fget_name(object, name.data(), name.size() + 1);
    return name;
}

bool is_scalar(const Handle& attribute) {
    const Handle space(H5Aget_space(attribute.get()), H5Sclose, "asking for the shape of an attribute");
    return H5Sget_simple_extent_npoints(space.get()) == 1;
}

Handle open_attribute(hid_t object, const std::string& name) {
    if (!has_attribute(object, name))
        throw InputError(fmt::format("{}: there is no attribute {}", file_of(object), name));
    return {H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose, "opening attribute " + name};
}

Handle type_of(const Handle& attribute) {
    return {H5Aget_type(attribute.get()), H5Tclose, "asking for the type of an attribute"};
}

template <class T>
T read_scalar(hid_t object, const std::string& name, hid_t memory_type) {
    const Handle attribute = open_attribute(object, name);
    const H5T_class_t kind = H5Tget_class(type_of(attribute).get());
    if ((kind != H5T_INTEGER && kind != H5T_FLOAT) || !is_scalar(attribute))
        throw InputError(fmt::format("{}: attribute {} is not a number", file_of(object), name));
    T value{};
    check(H5Aread(attribute.get(), memory_type, &value), "reading attribute " + name);
    return value;
}

}  // namespace

void write_attribute(hid_t object, const std::string& name, const std::string& text) {
    const Handle type = string_type(text.size());
    // An empty string still has one byte of type; HDF5 reads it from this buffer.
    const std::string buffer = text.empty() ? std::string(1, '\0') : text;
    write_scalar(object, name, type.get(), type.get(), buffer.data());
}

void write_attribute(hid_t object, const std::string& name, std::uint64_t value) {
    write_scalar(object, name, H5T_STD_U64LE, H5T_NATIVE_UINT64, &value);
}

void write_attribute(hid_t object, const std::string& name, double value) {
    write_scalar(object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &value);
}

void update_attribute(hid_t object, const std::string& name, std::uint64_t value) {
    const Handle attribute = open_attribute(object, name);
    check(H5Awrite(attribute.get(), H5T_NATIVE_UINT64, &value), "updating attribute " + name);
}

bool has_attribute(hid_t object, const std::string& name) { return H5Aexists(object, name.c_str()) > 0; }

std::string read_string_attribute(hid_t object, const std::string& name) {
    const Handle attribute = open_attribute(object, name);
    const Handle type = type_of(attribute);
    // More elements than one would be written behind the buffer.
    if (H5Tget_class(type.get()) != H5T_STRING || H5Tis_variable_str(type.get()) > 0 || !is_scalar(attribute))
        throw InputError(fmt::format("{}: attribute {} is not one fixed-length string", file_of(object), name));
    std::string text(H5Tget_size(type.get()), '\0');
    check(H5Aread(attribute.get(), type.get(), text.data()), "reading attribute " + name);
    return text.substr(0, text.find('\0'));
}

std::uint64_t read_integer_attribute(hid_t object, const std::string& name) {
    return read_scalar<std::uint64_t>(object, name, H5T_NATIVE_UINT64);
}

double read_real_attribute(hid_t object, const std::string& name) {
    return read_scalar<double>(object, name, H5T_NATIVE_DOUBLE);
}

void make_scale(Dataset& scale, const std::string& name) {
    check(H5DSset_scale(scale.id(), name.c_str()), "making a dimension scale of " + scale.name());
}

void attach_scale(Dataset& dataset, unsigned dimension, const Dataset& scale, const std::string& label) {
    check(H5DSattach_scale(dataset.id(), scale.id(), dimension), "attaching a scale to " + dataset.name());
    check(H5DSset_label(dataset.id(), dimension, label.c_str()), "labelling a dimension of " + dataset.name());
}

}  // namespace semscope::hdf5
