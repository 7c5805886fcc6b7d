#pragma once

#include "semscope/core/enumeration.hpp"
#include "semscope/data/image.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace semscope::data {

/// The size that a picture gets before the crop.
struct Resize {
    int shorter = 256;         ///< length of the shorter side, the shape stays; 0 = kept as it is
    ImageSize stretched = {};  ///< where it has pixels: this size, whatever the shape

    constexpr Resize() = default;
    constexpr Resize(int side) : shorter(side) {}  // NOLINT(google-explicit-constructor): a number is the usual form
    explicit constexpr Resize(ImageSize size) : shorter(0), stretched(size) {}
    bool operator==(const Resize&) const = default;

    bool stretches() const noexcept { return stretched.width > 0; }
    /// The shorter side of what it makes; 0 where that is the picture's own.
    int shorter_side() const noexcept { return stretches() ? std::min(stretched.width, stretched.height) : shorter; }
};

/// "256", or width and height as "320x240". Nothing for other texts and for sides beyond 16384. Local, pure.
std::optional<Resize> to_resize(const std::string& text);
std::string to_string(const Resize& resize);

/// The filter behind a change of size, with antialiasing.
enum class Interpolation { bilinear, bicubic };

constexpr auto value_names(Interpolation /*enumeration*/) {
    return std::array<ValueName<Interpolation>, 2>{
        {{Interpolation::bilinear, "bilinear"}, {Interpolation::bicubic, "bicubic"}}};
}

/// How an image is brought to the network's input: resized, then the centre `crop` square.
struct Geometry {
    Resize resize;
    int crop = 224;
    Interpolation interpolation = Interpolation::bilinear;  ///< of photos; label maps take the nearest pixel
};

/// Offset and size of the centre crop of an image after resizing, as torchvision's Resize and CenterCrop compute them.
struct CentreCrop {
    ImageSize resized;
    int left = 0;
    int top = 0;
};

/// Local, pure. Throws InputError when the resized image is smaller than the crop.
CentreCrop centre_crop(const Geometry& geometry, ImageSize stored);

/// The crop of a photo: crop x crop x channels, resized with antialiasing. Equal bit for bit to Pillow's resize with
/// BILINEAR or BICUBIC (which torchvision's Resize uses on Pillow images) followed by a crop. Local, pure.
Image resize_and_crop(const Geometry& geometry, const Image& image);

/// A photo at another size, with antialiasing, equal bit for bit to Pillow's resize with BILINEAR or BICUBIC. Local,
/// pure.
Image resize(const Image& image, ImageSize size, Interpolation interpolation = Interpolation::bilinear);

/// The crop of a label map of one channel: nearest neighbour, as Pillow's NEAREST. Local, pure.
std::vector<std::uint16_t> resize_and_crop_labels(const Geometry& geometry, ImageSize stored,
                                                  std::span<const std::uint16_t> labels);

}  // namespace semscope::data
