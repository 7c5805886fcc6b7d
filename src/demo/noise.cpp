#include "noise.hpp"

#include "semscope/demo/random_stream.hpp"

#include <cmath>
#include <vector>

namespace semscope::demo {
namespace {

constexpr int table_size = 256;  // a power of two: coordinates wrap by masking

std::vector<float> make_table() {
    RandomStream random(0, Purpose::noise);
    std::vector<float> table(static_cast<std::size_t>(table_size) * table_size);
    for (float& value : table) value = random.unit();
    return table;
}

float smooth(float t) { return t * t * (3.0F - 2.0F * t); }

}  // namespace

float noise(float u, float v) {
    static const std::vector<float> table = make_table();
    const float floor_u = std::floor(u);
    const float floor_v = std::floor(v);
    const int x0 = static_cast<int>(floor_u) & (table_size - 1);
    const int y0 = static_cast<int>(floor_v) & (table_size - 1);
    const int x1 = (x0 + 1) & (table_size - 1);
    const int y1 = (y0 + 1) & (table_size - 1);
    const auto at = [&](int x, int y) { return table[static_cast<std::size_t>(y) * table_size + x]; };
    const float tu = smooth(u - floor_u);
    const float tv = smooth(v - floor_v);
    const float upper = at(x0, y0) + tu * (at(x1, y0) - at(x0, y0));
    const float lower = at(x0, y1) + tu * (at(x1, y1) - at(x0, y1));
    return upper + tv * (lower - upper);
}

float fractal_noise(float u, float v, int octaves) {
    float sum = 0.0F, weight = 1.0F, total = 0.0F;
    for (int octave = 0; octave < octaves; ++octave) {
        sum += weight * noise(u, v);
        total += weight;
        weight *= 0.5F;
        u = 2.0F * u + 17.3F;  // the shift keeps the lattices of the octaves from lining up
        v = 2.0F * v + 31.7F;
    }
    return sum / total;
}

}  // namespace semscope::demo
