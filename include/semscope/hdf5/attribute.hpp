#pragma once

#include "semscope/hdf5/dataset.hpp"

#include <cstdint>
#include <string>

namespace semscope::hdf5 {

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
