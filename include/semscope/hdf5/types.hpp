#pragma once

#include "semscope/hdf5/handle.hpp"

#include <cstdint>
#include <type_traits>

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

/// A fixed-length, null-padded UTF-8 string type of `length` bytes (at least 1).
inline Handle string_type(std::size_t length) {
    Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "copying the string type");
    check(H5Tset_size(type.get(), length == 0 ? 1 : length), "setting a string length");
    check(H5Tset_cset(type.get(), H5T_CSET_UTF8), "setting a character set");
    check(H5Tset_strpad(type.get(), H5T_STR_NULLPAD), "setting a string padding");
    return type;
}

}  // namespace semscope::hdf5
