#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace semscope::report {

/// The deviations of one image as a page needs them: the probabilities of C scenes, and the deviations of each of its V
/// classes for all of them.
///
/// Scenes that matter keep p_s as stored, in single precision: those whose probability some class moves by
/// `exact_from` or more, the `most_probable` of p, and those named by `keep`. The deviations of the others are stored
/// as whole numbers of steps, 255 of them from the smallest to the largest among the classes of the image (the step is
/// rounded up to 16 bits): their error is below 1/500 of that range, so below exact_from / 250, which is less than half
/// of the last digit that a page shows, and moves a colour by one level at most. A scene whose deviations all but
/// coincide, as measured by their size, is among the exact ones.
struct DeviationPack {
    std::vector<std::uint32_t> exact;  ///< E scenes, ascending
    /// Little-endian, one after the other: p float32 [C]; p_s float32 [V,E]; upper halves of the float32 steps, uint16
    /// [C-E]; base int16 [C-E]; count uint8 [V,C-E]. A deviation is step * (base + count).
    std::string bytes;
};

inline constexpr float exact_from = 5e-3F;
inline constexpr std::size_t most_probable = 10;

/// `p` [C], `p_s` [V,C]. Local, pure.
DeviationPack pack_deviations(std::span<const float> p, std::span<const float> p_s,
                              std::span<const std::uint32_t> keep);

/// The bytes in zlib's format (RFC 1950), then in base 64. Throws LibraryError.
std::string compressed_base64(std::string_view bytes);

/// RFC 4648 with padding.
std::string base64(std::string_view bytes);

}  // namespace semscope::report
