#include "pack.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/statistics/deviation.hpp"

#include <openssl/evp.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace semscope::report {
namespace {

static_assert(std::endian::native == std::endian::little, "the bytes of a pack are written as they lie in memory");

template <class T>
void append(std::string& bytes, T value) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

/// The upper half of the smallest float that is not below `value` and whose lower half is 0. Precondition: 0 <= value,
/// finite.
std::uint16_t upper_half(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return static_cast<std::uint16_t>((bits + 0xffffU) >> 16U);
}

/// The deviations of one scene: smallest and largest among the classes of an image.
struct Span {
    float low = 0;
    float high = 0;

    float magnitude() const { return std::max(std::abs(low), std::abs(high)); }
    /// So narrow, and so far from 0, that the counts of steps would not fit.
    bool is_narrow() const { return high > low && magnitude() > 100 * (high - low); }
    std::uint16_t step() const {
        constexpr float steps = 255, most_steps_from_zero = 32000;
        return upper_half(std::max((high - low) / steps, magnitude() / most_steps_from_zero));
    }
};

std::vector<Span> spans_of(std::span<const float> p, std::span<const float> p_s) {
    std::vector<Span> spans(p.size());
    for (std::size_t i = 0; i < p_s.size(); ++i) {
        const float value = statistics::deviation(p[i % p.size()], p_s[i]);
        Span& span = spans[i % p.size()];
        if (i < p.size()) span = {value, value};
        span = {std::min(span.low, value), std::max(span.high, value)};
    }
    return spans;
}

std::vector<std::uint32_t> exact_scenes(std::span<const float> p, std::span<const Span> spans,
                                        std::span<const std::uint32_t> keep) {
    std::vector<std::uint32_t> order(p.size());
    std::iota(order.begin(), order.end(), 0U);
    const auto top = static_cast<std::ptrdiff_t>(std::min(most_probable, p.size()));
    std::partial_sort(order.begin(), order.begin() + top, order.end(),
                      [&](std::uint32_t a, std::uint32_t b) { return p[a] != p[b] ? p[a] > p[b] : a < b; });
    std::vector<std::uint32_t> exact(order.begin(), order.begin() + top);
    exact.insert(exact.end(), keep.begin(), keep.end());
    for (std::uint32_t scene = 0; scene < p.size(); ++scene)
        if (spans[scene].magnitude() >= exact_from || spans[scene].is_narrow()) exact.push_back(scene);
    std::sort(exact.begin(), exact.end());
    exact.erase(std::unique(exact.begin(), exact.end()), exact.end());
    return exact;
}

/// Number of steps that a deviation is from 0.
std::int64_t steps_to(float deviation, std::uint16_t step) {
    const auto size = std::bit_cast<float>(std::uint32_t{step} << 16U);
    return size > 0 ? std::llround(static_cast<double>(deviation) / static_cast<double>(size)) : 0;
}

}  // namespace

DeviationPack pack_deviations(std::span<const float> p, std::span<const float> p_s,
                              std::span<const std::uint32_t> keep) {
    const std::size_t scenes = p.size(), variants = p_s.size() / std::max<std::size_t>(1, scenes);
    const auto spans = spans_of(p, p_s);
    DeviationPack pack{exact_scenes(p, spans, keep), {}};
    std::vector<std::uint32_t> others;
    for (std::uint32_t scene = 0; scene < scenes; ++scene)
        if (!std::binary_search(pack.exact.begin(), pack.exact.end(), scene)) others.push_back(scene);

    for (const float value : p) append(pack.bytes, value);
    for (std::size_t v = 0; v < variants; ++v)
        for (const std::uint32_t scene : pack.exact) append(pack.bytes, p_s[v * scenes + scene]);
    const auto base = [&](std::uint32_t scene) { return steps_to(spans[scene].low, spans[scene].step()); };
    for (const std::uint32_t scene : others) append(pack.bytes, spans[scene].step());
    for (const std::uint32_t scene : others) append(pack.bytes, static_cast<std::int16_t>(base(scene)));
    for (std::size_t v = 0; v < variants; ++v)
        for (const std::uint32_t scene : others) {
            const float deviation = statistics::deviation(p[scene], p_s[v * scenes + scene]);
            append(pack.bytes, static_cast<std::uint8_t>(steps_to(deviation, spans[scene].step()) - base(scene)));
        }
    return pack;
}

std::string base64(std::string_view bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3), '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                    static_cast<int>(bytes.size()));
    return text;
}

std::string compressed_base64(std::string_view bytes) {
    uLongf length = compressBound(bytes.size());
    std::string compressed(length, '\0');
    if (compress2(reinterpret_cast<Bytef*>(compressed.data()), &length, reinterpret_cast<const Bytef*>(bytes.data()),
                  bytes.size(), Z_BEST_COMPRESSION) != Z_OK)
        throw LibraryError("zlib cannot compress the data of an image");
    return base64(std::string_view(compressed).substr(0, length));
}

}  // namespace semscope::report
