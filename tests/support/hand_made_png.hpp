#pragma once

#include <cstdint>
#include <string>

namespace semscope::testing_support {

/// The colour types of PNG.
enum class PngColour : std::uint8_t { gray = 0, rgb = 2, palette = 3, gray_alpha = 4, rgba = 6 };

/// A PNG file of any kind, sound or not. `rows`: for each row a filter byte and the packed values; `palette`: R, G, B
/// of each index, "" for none.
std::string hand_made_png(std::uint32_t width, std::uint32_t height, int bits, PngColour colour,
                          const std::string& rows, const std::string& palette = "");

}  // namespace semscope::testing_support
