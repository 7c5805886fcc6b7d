#pragma once

#include "semscope/kernels/kernels.hpp"

// expf: C's, since templates of the standard library compiled here could end up in other files
#include <math.h>  // NOLINT(modernize-deprecated-headers)

/// The loops of Kernels over vectors V: a type with width, Type, zero, load, store, load_part, store_part, broadcast,
/// multiply_add, add, multiply, divide, maximum, minimum (both give the second where one is not a number), keep_nan,
/// select_negative. Each instruction set includes this in a file
/// that is compiled for it, with V in an unnamed namespace, so that nothing compiled for it is used elsewhere.
namespace semscope::kernels {

template <class V>
typename V::Type clamp(typename V::Type x, float low, float high) {
    return V::minimum(V::broadcast(high), V::maximum(V::broadcast(low), x));
}

template <class V>
typename V::Type sigmoid(typename V::Type x) {
    float numbers[V::width];
    V::store(numbers, x);
    for (int i = 0; i < V::width; ++i) numbers[i] = 1.0F / (1.0F + expf(-numbers[i]));
    return V::load(numbers);
}

template <class V>
typename V::Type apply_any(typename V::Type x, const Activation& activation) {
    switch (activation.function) {
        case Function::hardswish:
            return V::divide(V::multiply(x, clamp<V>(V::add(x, V::broadcast(3)), 0, 6)), V::broadcast(6));
        case Function::hardsigmoid:
            return V::divide(clamp<V>(V::add(x, V::broadcast(3)), 0, 6), V::broadcast(6));
        case Function::sigmoid:
            return sigmoid<V>(x);
        case Function::silu:
            return V::multiply(x, sigmoid<V>(x));
        default:
            return x;
    }
}

/// The usual ones without a call.
template <class V>
[[gnu::always_inline]] inline typename V::Type apply(typename V::Type x, const Activation& activation) {
    if (activation.function == Function::none) return x;
    if (activation.function == Function::relu) return V::maximum(V::zero(), x);
    if (activation.function == Function::clamp) return clamp<V>(x, activation.low, activation.high);
    if (activation.function == Function::leaky_relu)
        return V::select_negative(x, V::multiply(x, V::broadcast(activation.low)));
    return apply_any<V>(x, activation);
}

/// How V multiplies factors of either kind. Vectors for bf16 have in addition: Pairs, load_pairs, broadcast_pair,
/// multiply_add_pairs, round, which writes 2 * width numbers of two vectors as pairs.
template <class V, class Factor>
struct Factors {
    using Type = typename V::Type;
    static Type load(const float* from) { return V::load(from); }
    static Type broadcast(float x) { return V::broadcast(x); }
    static Type multiply_add(Type x, Type y, Type sum) { return V::multiply_add(x, y, sum); }
};

template <class V>
struct Factors<V, Pair> {
    using Type = typename V::Pairs;
    static Type load(const Pair* from) { return V::load_pairs(from); }
    static Type broadcast(Pair x) { return V::broadcast_pair(x); }
    static typename V::Type multiply_add(Type x, Type y, typename V::Type sum) {
        return V::multiply_add_pairs(x, y, sum);
    }
};

/// R rows times T vectors. Vector t stands in panel t * width / 16.
template <class V, int R, int T, class Factor>
void multiply_tile(const ProductOf<Factor>& p, const Factor* b, int row, int column, int columns) {
    using F = Factors<V, Factor>;
    typename V::Type sum[R][T];
    for (int r = 0; r < R; ++r)
        for (int t = 0; t < T; ++t) sum[r][t] = V::zero();
    // Three rows share a pointer: sums, not addresses, shall fill the registers.
    constexpr int pointers = (R + 2) / 3;
    const Factor* a[pointers];
    for (int i = 0; i < pointers; ++i) a[i] = p.a + (row + 3 * i) * p.a_stride;
    const Factor* from[T];
    for (int t = 0; t < T; ++t)
        from[t] = b + (t * V::width / panel_columns) * p.panel_stride + t * V::width % panel_columns;
    for (int k = 0; k < p.depth; ++k) {
        typename F::Type weights[T];
        for (int t = 0; t < T; ++t) weights[t] = F::load(from[t] + std::ptrdiff_t{k} * panel_columns);
        for (int r = 0; r < R; ++r) {
            const typename F::Type x = F::broadcast(a[r / 3][r % 3 * p.a_stride]);
            for (int t = 0; t < T; ++t) sum[r][t] = F::multiply_add(x, weights[t], sum[r][t]);
        }
        for (int i = 0; i < pointers; ++i) ++a[i];
    }
    for (int r = 0; r < R; ++r) {
        float* const out = p.c + (row + r) * p.c_stride + column;
        const float* const start = p.start == nullptr ? out : p.start + column;
        const float* const residual = p.residuals == nullptr ? nullptr : p.residuals[row + r] + column;
        for (int t = 0; t < T; ++t) {
            const int left = columns - t * V::width;
            if (left <= 0) break;
            const bool whole = left >= V::width;
            const auto load = [&](const float* x) {
                return whole ? V::load(x + t * V::width) : V::load_part(x + t * V::width, left);
            };
            auto x = V::add(load(start), sum[r][t]);
            if (residual != nullptr) x = V::add(x, load(residual));
            x = apply<V>(x, p.activation);
            whole ? V::store(out + t * V::width, x) : V::store_part(out + t * V::width, x, left);
        }
    }
}

template <class V, int R, int T, class Factor>
void multiply_rows(const ProductOf<Factor>& p, const Factor* b, int row, int column, int rows, int columns) {
    if constexpr (R > 0) {
        if (rows == R)
            multiply_tile<V, R, T>(p, b, row, column, columns);
        else
            multiply_rows<V, R - 1, T>(p, b, row, column, rows, columns);
    }
}

/// Tiles of V::rows rows and V::vectors vectors.
template <class V, class Factor>
void multiply(const ProductOf<Factor>& p) {
    constexpr int one = panel_columns / V::width;  // vectors of a panel
    constexpr int wide = V::vectors * V::width;    // columns of a tile
    for (int column = 0; column < p.columns; column += wide) {
        const Factor* const b = p.b + column / panel_columns * p.panel_stride;
        const int left = p.columns - column;
        for (int row = 0; row < p.rows; row += V::rows) {
            const int rows = p.rows - row < V::rows ? p.rows - row : V::rows;
            if (left > panel_columns || V::vectors == one)
                multiply_rows<V, V::rows, V::vectors>(p, b, row, column, rows, left < wide ? left : wide);
            else
                multiply_rows<V, V::rows, one>(p, b, row, column, rows, left);
        }
    }
}

template <class V>
void copy(const float* from, float* to, std::ptrdiff_t count) {
    std::ptrdiff_t i = 0;
    for (; i + V::width <= count; i += V::width) V::store(to + i, V::load(from + i));
    if (i < count)
        V::store_part(to + i, V::load_part(from + i, static_cast<int>(count - i)), static_cast<int>(count - i));
}

/// Taps whose pixels follow each other in memory are copied together.
template <class V>
void gather(const Gather& g) {
    const bool whole = g.stride == g.channels && g.step == 1;
    for (int row = 0; row < g.rows; ++row) {
        float* to = g.to + row * g.to_stride;
        int tap = g.begin / g.channels;
        int channel = g.begin - tap * g.channels;
        for (int at = g.begin; at < g.end;) {
            const int line = tap / g.width;
            const int place = tap - line * g.width;
            const std::int32_t* const entry = g.corners[row] + line * g.line + place * g.step;
            int taps = 1;
            int count = g.channels - channel;
            if (whole)
                while (place + taps < g.width && at + count < g.end && entry[taps] == entry[0] + taps) {
                    count += g.channels;
                    ++taps;
                }
            if (count > g.end - at) count = g.end - at;
            copy<V>(g.values + entry[0] * g.stride + channel, to, count);
            to += count;
            at += count;
            tap += taps;
            channel = 0;
        }
    }
}

/// Calls body(place, load, store) for every vector of `channels` numbers, the last one perhaps a part.
template <class V, class Body>
void for_each_vector(int channels, Body&& body) {
    int c = 0;
    for (; c + V::width <= channels; c += V::width)
        body(
            c, [](const float* from) { return V::load(from); }, [](float* to, auto x) { V::store(to, x); });
    if (const int left = channels - c; left > 0)
        body(
            c, [left](const float* from) { return V::load_part(from, left); },
            [left](float* to, auto x) { V::store_part(to, x, left); });
}

template <class V>
void finish(const float* row, const float* residual, float* out, int channels, const Activation& activation) {
    for_each_vector<V>(channels, [&](int c, auto load, auto store) {
        auto x = load(row + c);
        if (residual != nullptr) x = V::add(x, load(residual + c));
        store(out + c, apply<V>(x, activation));
    });
}

/// `vectors` vectors of channels from `c` on, of P pixels whose windows have W taps in a line and stand S columns
/// apart. A column is loaded once for all windows that hold it.
template <class V, int P, int W, int S, int vectors, class Load, class Store>
[[gnu::always_inline]] inline void weigh_vectors(const Weighing& w, int c, Load&& load, Store&& store) {
    constexpr int columns = (P - 1) * S + W;
    typename V::Type sum[P][vectors];
    for (int p = 0; p < P; ++p)
        for (int v = 0; v < vectors; ++v) sum[p][v] = load(w.bias + c + v * V::width);
    for (int y = 0; y < w.height; ++y) {
        const float* const* const rows = w.rows + std::ptrdiff_t{y} * columns;
        typename V::Type weights[W][vectors];
        for (int x = 0; x < W; ++x)
            for (int v = 0; v < vectors; ++v)
                weights[x][v] = load(w.weights + (std::ptrdiff_t{y} * W + x) * w.weights_stride + c + v * V::width);
        for (int column = 0; column < columns; ++column)
            for (int v = 0; v < vectors; ++v) {
                const auto x = load(rows[column] + c + v * V::width);
                for (int p = 0; p < P; ++p)
                    if (const int tap = column - p * S; tap >= 0 && tap < W)
                        sum[p][v] = V::multiply_add(x, weights[tap][v], sum[p][v]);
            }
    }
    for (int p = 0; p < P; ++p)
        for (int v = 0; v < vectors; ++v)
            store(w.out + p * w.out_stride + c + v * V::width, apply<V>(sum[p][v], w.activation));
}

template <class V, int P, int W, int S>
void weigh_pixels(const Weighing& w) {
    constexpr int wide = V::weighed * V::width;
    int c = 0;
    for (; c + wide <= w.channels; c += wide)
        weigh_vectors<V, P, W, S, V::weighed>(
            w, c, [](const float* from) { return V::load(from); }, [](float* to, auto x) { V::store(to, x); });
    for_each_vector<V>(w.channels - c, [&](int more, auto load, auto store) {
        weigh_vectors<V, P, W, S, 1>(w, c + more, load, store);
    });
}

template <class V, int P, int W, int S>
void weigh_line(const Weighing& w) {
    if constexpr (P > 0) {
        if (w.pixels == P)
            weigh_pixels<V, P, W, S>(w);
        else
            weigh_line<V, P - 1, W, S>(w);
    }
}

/// Windows of any width, pixel by pixel.
template <class V>
void weigh_any(const Weighing& w) {
    for (int p = 0; p < w.pixels; ++p)
        for_each_vector<V>(w.channels, [&](int c, auto load, auto store) {
            auto sum = load(w.bias + c);
            for (int y = 0; y < w.height; ++y)
                for (int x = 0; x < w.width; ++x) {
                    const float* const row = w.rows[std::ptrdiff_t{y} * w.columns() + p * w.stride + x];
                    const float* const weights = w.weights + (std::ptrdiff_t{y} * w.width + x) * w.weights_stride;
                    sum = V::multiply_add(load(row + c), load(weights + c), sum);
                }
            store(w.out + p * w.out_stride + c, apply<V>(sum, w.activation));
        });
}

/// The usual windows with their lines unrolled.
template <class V>
void weigh(const Weighing& w) {
    if (w.width == 3 && w.stride == 1) return weigh_line<V, most_weighed, 3, 1>(w);
    if (w.width == 3 && w.stride == 2) return weigh_line<V, most_weighed, 3, 2>(w);
    if (w.width == 5 && w.stride == 1) return weigh_line<V, most_weighed, 5, 1>(w);
    if (w.width == 5 && w.stride == 2) return weigh_line<V, most_weighed, 5, 2>(w);
    weigh_any<V>(w);
}

template <class V>
void maximum(const float* const* rows, int count, float* out, int channels) {
    for_each_vector<V>(channels, [&](int c, auto load, auto store) {
        auto most = load(rows[0] + c);
        for (int i = 1; i < count; ++i) most = V::keep_nan(most, V::maximum(most, load(rows[i] + c)));
        store(out + c, most);
    });
}

/// Sums of 16 rows, sums of 16 of these, and so on: where rows are equal, as in a photo of one colour, all roundings
/// have one direction, and those of a plain sum grow with the number of rows.
template <class V>
void average(const float* const* rows, int count, float divisor, float* out, int channels) {
    for_each_vector<V>(channels, [&](int c, auto load, auto store) {
        constexpr int levels = 8;  // 16 to the power of 8 is more than an int
        typename V::Type sums[levels];
        for (auto& sum : sums) sum = V::zero();
        for (int i = 0; i < count;) {
            auto block = V::zero();
            for (const int end = std::min(i + 16, count); i < end; ++i) block = V::add(block, load(rows[i] + c));
            sums[0] = V::add(sums[0], block);
            for (int level = 0, blocks = i / 16; i % 16 == 0 && blocks % 16 == 0; ++level, blocks /= 16) {
                sums[level + 1] = V::add(sums[level + 1], sums[level]);
                sums[level] = V::zero();
            }
        }
        auto sum = sums[0];
        for (int level = 1; level < levels; ++level) sum = V::add(sum, sums[level]);
        store(out + c, V::divide(sum, V::broadcast(divisor)));
    });
}

template <class V>
void scale(const float* a, const float* b, const float* c, float* out, int channels) {
    for_each_vector<V>(channels, [&](int i, auto load, auto store) {
        const auto x = load(a + i);
        const auto factor = load(b + i);
        store(out + i, c == nullptr ? V::multiply(x, factor) : V::multiply_add(x, factor, load(c + i)));
    });
}

template <class V>
void round(const float* from, Pair* to, int count) {
    int i = 0;
    for (; i + 2 * V::width <= count; i += 2 * V::width)
        V::store_pairs(to + i / 2, V::round(V::load(from + i), V::load(from + i + V::width)));
    for (; i < count; i += 2) to[i / 2] = round_pair(from[i], i + 1 < count ? from[i + 1] : 0);
}

template <class V>
constexpr Kernels make_kernels(const char* name) {
    return {name, gather<V>, multiply<V, float>, finish<V>, weigh<V>, maximum<V>, average<V>, scale<V>};
}

template <class V>
constexpr Kernels make_bf16_kernels(const char* name) {
    Kernels made = make_kernels<V>(name);
    made.round = round<V>;
    made.multiply_pairs = multiply<V, Pair>;
    return made;
}

}  // namespace semscope::kernels
