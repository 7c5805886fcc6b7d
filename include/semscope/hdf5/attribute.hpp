#pragma once

#include "semscope/hdf5/types.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace semscope::hdf5 {

/// Writes a scalar string attribute of a file, group or dataset (fixed-length UTF-8), replacing an old one.
/// Collective for a file of all ranks: every rank passes the same text.
void write_attribute(hid_t object, const std::string& name, const std::string& text);

/// Writes a scalar number attribute. Collective for a file of all ranks.
void write_attribute(hid_t object, const std::string& name, std::uint64_t value);
void write_attribute(hid_t object, const std::string& name, double value);

/// Overwrites a number attribute that exists: the same bytes of the file, nothing moves. Collective as above.
void update_attribute(hid_t object, const std::string& name, std::uint64_t value);

bool has_attribute(hid_t object, const std::string& name);

/// Names of all attributes, sorted.
std::vector<std::string> attribute_names(hid_t object);

/// Reads a string attribute; throws InputError when it is missing or not a string.
std::string read_string_attribute(hid_t object, const std::string& name);

/// Read number attributes; throw InputError when missing or not a number.
std::uint64_t read_integer_attribute(hid_t object, const std::string& name);
double read_real_attribute(hid_t object, const std::string& name);

/// True when the attribute is a string.
bool is_string_attribute(hid_t object, const std::string& name);

}  // namespace semscope::hdf5
