#pragma once

#include "semscope/comm/partition.hpp"
#include "semscope/hdf5/handle.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace semscope::hdf5 {

/// The number types that datasets hold.
template <class T>
concept Number = std::is_same_v<T, float> || std::is_same_v<T, double> || std::is_same_v<T, std::uint8_t> ||
    std::is_same_v<T, std::uint16_t> || std::is_same_v<T, std::uint32_t> || std::is_same_v<T, std::uint64_t> ||
    std::is_same_v<T, std::int32_t>;

/// HDF5's identifier for T in memory. Not owned by the caller.
template <Number T>
hid_t memory_type() {
    if constexpr (std::is_same_v<T, float>) return H5T_NATIVE_FLOAT;
    if constexpr (std::is_same_v<T, double>) return H5T_NATIVE_DOUBLE;
    if constexpr (std::is_same_v<T, std::uint8_t>) return H5T_NATIVE_UINT8;
    if constexpr (std::is_same_v<T, std::uint16_t>) return H5T_NATIVE_UINT16;
    if constexpr (std::is_same_v<T, std::uint32_t>) return H5T_NATIVE_UINT32;
    if constexpr (std::is_same_v<T, std::uint64_t>) return H5T_NATIVE_UINT64;
    if constexpr (std::is_same_v<T, std::int32_t>) return H5T_NATIVE_INT32;
}

/// HDF5's identifier for T in files: little-endian everywhere. Not owned by the caller.
template <Number T>
hid_t file_type() {
    if constexpr (std::is_same_v<T, float>) return H5T_IEEE_F32LE;
    if constexpr (std::is_same_v<T, double>) return H5T_IEEE_F64LE;
    if constexpr (std::is_same_v<T, std::uint8_t>) return H5T_STD_U8LE;
    if constexpr (std::is_same_v<T, std::uint16_t>) return H5T_STD_U16LE;
    if constexpr (std::is_same_v<T, std::uint32_t>) return H5T_STD_U32LE;
    if constexpr (std::is_same_v<T, std::uint64_t>) return H5T_STD_U64LE;
    if constexpr (std::is_same_v<T, std::int32_t>) return H5T_STD_I32LE;
}

/// The name of T in the documentation, such as "uint16".
template <Number T>
constexpr const char* type_name() {
    if constexpr (std::is_same_v<T, float>) return "float32";
    if constexpr (std::is_same_v<T, double>) return "float64";
    if constexpr (std::is_same_v<T, std::uint8_t>) return "uint8";
    if constexpr (std::is_same_v<T, std::uint16_t>) return "uint16";
    if constexpr (std::is_same_v<T, std::uint32_t>) return "uint32";
    if constexpr (std::is_same_v<T, std::uint64_t>) return "uint64";
    if constexpr (std::is_same_v<T, std::int32_t>) return "int32";
}

/// A fixed-length, null-padded UTF-8 string type of `length` bytes (at least 1).
inline Handle string_type(std::size_t length) {
    Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "copying the string type");
    check(H5Tset_size(type.get(), length == 0 ? 1 : length), "setting a string length");
    check(H5Tset_cset(type.get(), H5T_CSET_UTF8), "setting a character set");
    check(H5Tset_strpad(type.get(), H5T_STR_NULLPAD), "setting a string padding");
    return type;
}

/// Whether MPI-IO moves the data of a shared file collectively; the calls are collective in any case.
///
/// A write that fails on one rank (a full disk, a quota) must become an error and no hang. HDF5 1.14 sets a file view,
/// which is collective, before and after a collective transfer, and leaves the second out on the rank that failed: with
/// Open MPI 5 the others wait for it for ever. There every rank moves its rows, which are contiguous here anyway, on
/// its own.
#if H5_VERSION_GE(1, 14, 0)
inline constexpr bool collective_transfers = false;
#else
inline constexpr bool collective_transfers = true;
#endif

using comm::Range;

/// An open dataset whose rows (its first dimension) are read and written as contiguous ranges.
///
/// Of a file that all ranks opened, every transfer is collective: each rank passes its own rows, an empty list when it
/// has none. One call moves less than 2 GiB a rank; larger transfers are the caller's to cut.
class Dataset {
  public:
    Dataset(Handle dataset, std::string name, bool parallel);

    const std::string& name() const noexcept { return name_; }
    hid_t id() const noexcept { return dataset_.get(); }

    /// Asked for once, when the dataset is opened: a rank that runs out of memory in front of a collective transfer
    /// would be missed by the others.
    const std::vector<std::uint64_t>& shape() const noexcept { return shape_; }
    std::uint64_t rows() const { return shape_.at(0); }

    /// Numbers in one row: the product of the dimensions after the first. Throws InputError for a dataset without
    /// dimensions.
    std::uint64_t row_length() const;

    /// Writes `values` to the rows of `ranges`, which ascend and do not overlap; values.size() is their number of rows
    /// times row_length(). Collective for a file of all ranks. Throws IoError or LibraryError, perhaps on some ranks
    /// only: those have taken part in the call all the same, and no rank waits for them.
    template <Number T>
    void write(std::span<const Range> ranges, std::span<const T> values) {
        transfer_out(ranges, memory_type<T>(), values.data(), values.size());
    }
    template <Number T>
    void write(const std::vector<Range>& ranges, const std::vector<T>& values) {
        write(std::span<const Range>(ranges), std::span<const T>(values));
    }
    template <Number T>
    void write(Range range, std::span<const T> values) {
        write(std::span<const Range>(&range, 1), values);
    }

    /// Reads the rows of one range into `values`. Collective for a file of all ranks. Throws InputError when the
    /// dataset does not have these rows, as the ones below do before they allocate anything.
    template <Number T>
    void read(Range range, std::span<T> values) const {
        transfer_in(range, memory_type<T>(), values.data(), values.size());
    }
    template <Number T>
    std::vector<T> read(Range range) const {
        std::vector<T> values;
        try {
            require_rows(range);
            values.resize(range.size() * row_length());
        } catch (...) {
            if (parallel_) transfer_in({}, memory_type<T>(), nullptr, 0);  // the others are in the same call
            throw;
        }
        read(range, std::span<T>(values));
        return values;
    }
    /// The whole dataset.
    template <Number T>
    std::vector<T> read() const {
        return read<T>(Range{0, rows()});
    }

    /// Writes texts to the rows from `first_row` on, cut to the length that the dataset's type has. Local files only.
    void write_strings(std::uint64_t first_row, std::span<const std::string> texts);

    /// Reads the texts of a range of rows, without padding.
    std::vector<std::string> read_strings(Range range) const;

    /// True when MPI-IO did the last transfer of this object collectively, as HDF5 itself reports it.
    bool last_transfer_was_collective() const noexcept { return last_collective_; }

  private:
    void require_rows(Range range) const;
    void transfer_out(std::span<const Range> ranges, hid_t type, const void* values, std::size_t count);
    void transfer_in(Range range, hid_t type, void* values, std::size_t count) const;
    /// True for a dataset without elements: it has no place in the file, and HDF5 1.10 fails to write nothing there.
    bool is_empty() const;
    Handle transfer_properties() const;
    void note_transfer(const Handle& properties) const;

    Handle dataset_;
    std::string name_;
    bool parallel_ = false;
    std::vector<std::uint64_t> shape_;
    mutable bool last_collective_ = false;
};

/// Writes a scalar string attribute of a file, group or dataset (fixed-length UTF-8), replacing an old one.
/// Collective for a file of all ranks: every rank passes the same text.
void write_attribute(hid_t object, const std::string& name, const std::string& text);

/// Writes a scalar number attribute. Collective for a file of all ranks.
void write_attribute(hid_t object, const std::string& name, std::uint64_t value);
void write_attribute(hid_t object, const std::string& name, double value);

/// Overwrites a number attribute that exists: the same bytes of the file, nothing moves. Collective as above.
void update_attribute(hid_t object, const std::string& name, std::uint64_t value);

/// True when the object has an attribute of this name. Local.
bool has_attribute(hid_t object, const std::string& name);

/// Reads a string attribute; throws InputError when it is missing or not one fixed-length string. Local.
std::string read_string_attribute(hid_t object, const std::string& name);

/// Read number attributes; throw InputError when missing or not a number. Local.
std::uint64_t read_integer_attribute(hid_t object, const std::string& name);
double read_real_attribute(hid_t object, const std::string& name);

/// Makes `scale` a dimension scale called `name`. By the one process that created the file.
void make_scale(Dataset& scale, const std::string& name);

/// Attaches `scale` to dimension `dimension` of `dataset` and labels that dimension with `label`.
void attach_scale(Dataset& dataset, unsigned dimension, const Dataset& scale, const std::string& label);

}  // namespace semscope::hdf5
