#pragma once

#include "semscope/hdf5/file.hpp"

#include <string>

namespace semscope::results {

/// The text of a file's format attribute, such as occlusion_format; "" when it has none. Local, or collective for a
/// file of all ranks. Throws InputError when the attribute is not a text.
std::string format_of(const hdf5::File& file);

}  // namespace semscope::results
