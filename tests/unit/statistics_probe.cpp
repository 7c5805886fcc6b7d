

// Prints samples, occlusion matrices and p-values, and what semscope makes of them, as JSON for
// tests/system/python/check_statistics.py, which computes the same with NumPy and SciPy.
#include "semscope/statistics/deviation.hpp"
#include "semscope/statistics/evaluation.hpp"
#include "semscope/statistics/inference.hpp"
#include "semscope/statistics/sample.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

namespace semscope::statistics {
namespace {

template <class Range>
std::string array(const Range& range) {
    return fmt::format("[{}]", fmt::join(range, ", "));
}

std::string number(double value) { return std::isnan(value) ? "NaN" : fmt::format("{}", value); }

/// `present` values, some of them 0 or equal, among `images`.
std::string describe_sample(std::size_t present, std::size_t images) {
    std::mt19937 generator(static_cast<unsigned>(1000 * images + present));
    std::normal_distribution<float> value(0.02F, 0.1F);
    std::vector<float> values(present);
    for (std::size_t i = 0; i < present; ++i)
        values[i] = i % 7 == 3 ? 0.0F : i % 7 == 5 ? values[i - 1] : value(generator);

    const SparseSample sample{values, images};
    const Summary s = summarise(sample);
    const Interval ci = bootstrap_mean(sample, {.seed = 5});
    return fmt::format(
        R"({{"values": {}, "images": {}, "mean": {}, "mean_present": {}, "std": {}, "min": {}, "q1": {}, "median": {}, )"
        R"("q3": {}, "max": {}, "whisker_low": {}, "whisker_high": {}, )"
        R"("ci_low": {}, "ci_high": {}, "p_value": {}}})",
        array(values), images, number(s.mean), number(s.mean_present), number(s.std), number(s.min), number(s.q1),
        number(s.median), number(s.q3), number(s.max), number(s.whisker_low), number(s.whisker_high), number(ci.low),
        number(ci.high), number(sign_flip_p_value(values, {.seed = 5})));
}

/// An image with a few probability levels, so that there are ties; `semantics` rows, about half of them present.
std::string describe_image(unsigned seed, std::size_t semantics, std::size_t scenes) {
    std::mt19937 generator(seed);
    std::uniform_int_distribution<int> level(0, 8);
    const auto append_row = [&](std::vector<float>& to) {
        for (std::size_t c = 0; c < scenes; ++c) to.push_back(0.125F * static_cast<float>(level(generator)));
    };
    std::vector<float> probability;
    std::vector<std::uint16_t> semantic;
    std::vector<float> variants;
    append_row(probability);
    for (std::uint16_t s = 1; s < semantics; ++s) {
        if (level(generator) > 4) continue;
        semantic.push_back(s);
        append_row(variants);
    }
    const ImageRows rows{probability, semantic, variants};
    const auto truth = static_cast<std::uint32_t>(seed % scenes);
    const auto strongest = strongest_distractor(rows, semantics, truth);
    return fmt::format(
        R"({{"semantics": {}, "truth": {}, "probability": {}, "semantic": {}, "variants": {}, "predicted": {}, )"
        R"("position": {}, "strongest": {}, "flip": {}}})",
        semantics, truth, array(probability), array(semantic), array(variants), argmax(probability),
        position_of(probability, truth), strongest ? static_cast<int>(*strongest) : 0,
        array(flip_distractors(rows, truth)));
}

std::string describe_family(std::size_t tests) {
    std::mt19937 generator(static_cast<unsigned>(tests));
    std::uniform_int_distribution<int> level(1, 200);
    std::vector<double> p_values(tests);
    for (double& p : p_values) p = std::pow(level(generator) / 200.0, 3);
    return fmt::format(R"({{"p_values": {}, "q_values": {}}})", array(p_values), array(adjust_p_values(p_values)));
}

void print_all() {
    std::vector<std::string> samples;
    std::vector<std::string> images;
    std::vector<std::string> families;
    for (const std::size_t n : {1, 2, 3, 4, 5, 8, 13, 60, 100, 101, 102, 103})
        for (const std::size_t m : {0, 1, 2, 3, 4, 8, 12, 30, 60, 77, 100})
            if (m <= n) samples.push_back(describe_sample(m, n));
    for (unsigned seed = 0; seed < 300; ++seed) images.push_back(describe_image(seed, 2 + seed % 6, 2 + seed % 5));
    for (const std::size_t tests : {1, 2, 10, 80}) families.push_back(describe_family(tests));
    std::fputs(fmt::format("{{\"samples\": {},\n\"images\": {},\n\"families\": {}}}\n", array(samples), array(images),
                           array(families))
                   .c_str(),
               stdout);
}

}  // namespace
}  // namespace semscope::statistics

int main() { semscope::statistics::print_all(); }
