#include "semscope/hdf5/attribute.hpp"

#include "semscope/core/errors.hpp"

#include <fmt/format.h>
#include <hdf5_hl.h>

#include <algorithm>

namespace semscope::hdf5 {

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
