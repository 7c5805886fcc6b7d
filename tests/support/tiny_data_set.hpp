#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace semscope::testing_support {

/// A vertical stripe of a tiny image: its class, width in pixels and flat colour.
struct Stripe {
    std::uint8_t semantic = 0;  ///< 0 = unlabelled
    int width = 0;
    std::array<std::uint8_t, 3> rgb{};
};

/// One image: its scene and its stripes, left to right.
struct TinyImage {
    std::string scene;
    std::vector<Stripe> stripes;
};

/// Writes a data set in the layout of Places365 whose photos (lossless PNG, 24 pixels high) are made of flat stripes:
/// val.txt, categories_places365.txt (kitchen, bedroom, street), objectInfo150.txt (wall, bed, stove, car) and label
/// maps with the class in blue. Images are named val/<scene>/<number>.png.
void write_tiny_data_set(const std::filesystem::path& root, const std::vector<TinyImage>& images);

/// A set of `count` images of 24x24 pixels with one to four classes each, the same on every call.
std::vector<TinyImage> varied_tiny_images(int count);

constexpr int tiny_side = 24;

}  // namespace semscope::testing_support
