#pragma once

#include "picture_file.hpp"

/// PNG files in memory. All local, thread-safe; throw InputError, without the path, for what is not a sound PNG.
namespace semscope::data {

/// As R, G, B: palette and grey expanded, alpha dropped, 16 bits cut to 8, gamma ignored.
Image decode_png_photo(const Bytes& bytes);

/// The stored values: indices of a palette (`indexed` is set), grey of less than 8 bits unscaled, alpha dropped.
StoredLabels decode_png_labels(const Bytes& bytes);

}  // namespace semscope::data
