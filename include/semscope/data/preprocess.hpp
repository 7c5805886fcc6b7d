#pragma once

#include "semscope/data/image.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace semscope::data {

/// How an image is brought to the network's input: shorter side to `resize` (0 = kept), then the centre `crop` square.
struct Geometry {
    int resize = 256;
    int crop = 224;
};

/// Offset and size of the centre crop of an image after resizing, as torchvision's Resize and CenterCrop compute them.
struct Placement {
    ImageSize resized;
    int left = 0;
    int top = 0;
};

/// Local, pure. Throws InputError when the resized image is smaller than the crop.
Placement place(const Geometry& geometry, ImageSize stored);

/// The crop of a photo: crop x crop x channels, resized bilinearly with antialiasing. Equal bit for bit to Pillow's
/// resize with BILINEAR (which torchvision's Resize uses on Pillow images) followed by a crop. Local, pure.
Image resize_and_crop(const Geometry& geometry, const Image& image);

/// A photo at another size: bilinear with antialiasing, equal bit for bit to Pillow's resize with BILINEAR. Local,
/// pure.
Image resize(const Image& image, ImageSize size);

/// The crop of a label map of one channel: nearest neighbour, as Pillow's NEAREST. Local, pure.
std::vector<std::uint16_t> resize_and_crop_labels(const Geometry& geometry, ImageSize stored,
                                                  std::span<const std::uint16_t> labels);

}  // namespace semscope::data
