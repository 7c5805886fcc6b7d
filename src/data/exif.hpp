#pragma once

#include "semscope/data/image.hpp"

/// The orientation that cameras note. All local, pure, thread-safe.
namespace semscope::data {

/// The EXIF orientation in the first bytes of a JPEG or PNG, 1 .. 8; 1 where there is none or it is damaged.
int exif_orientation(const Bytes& bytes);

/// The size that a picture of `stored` pixels has after its orientation was applied.
ImageSize oriented_size(ImageSize stored, int orientation);

/// A picture of 3 channels turned and mirrored as its orientation asks for.
Image orient(Image image, int orientation);

}  // namespace semscope::data
