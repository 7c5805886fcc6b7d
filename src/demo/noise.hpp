#pragma once

namespace semscope::demo {

/// Smooth value noise of unit period in [0, 1]. Always the same function: vary it by shifting the coordinates.
float noise(float u, float v);

/// `octaves` layers of noise, each of twice the frequency and half the weight of the one before; in [0, 1].
float fractal_noise(float u, float v, int octaves);

}  // namespace semscope::demo
