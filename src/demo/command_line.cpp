#include "semscope/demo/command_line.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/core/version.hpp"

#include <fmt/format.h>
#include <boost/program_options.hpp>

#include <charconv>
#include <cstdint>
#include <iostream>
#include <string>
#include <system_error>

namespace semscope::demo {
namespace {

namespace options = boost::program_options;

options::options_description visible_options(DatasetOptions& dataset, std::string& seed) {
    auto& training = dataset.training;
    options::options_description visible("Options");
    auto add = visible.add_options();
    add("seed", options::value(&seed)->default_value("1"), "what the pictures and weights are drawn from");
    add("images-per-scene", options::value(&dataset.images_per_scene)->default_value(dataset.images_per_scene),
        "validation pictures of each scene");
    add("train-per-scene", options::value(&training.images_per_scene)->default_value(training.images_per_scene),
        "training pictures of each scene, not written");
    add("threads", options::value(&training.threads)->default_value(training.threads),
        "compute threads; the result does not depend on it");
    add("overwrite", options::bool_switch(&dataset.overwrite), "replace a data set that is in OUT");
    add("help", "print this and end");
    add("version", "print the version and end");
    return visible;
}

/// Boost would take -3 for a very large number.
std::uint64_t parse_seed(const std::string& text) {
    std::uint64_t seed = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
    if (error != std::errc() || end != text.data() + text.size())
        throw UsageError(fmt::format("--seed {}: must be a whole number from 0 to 2^64 - 1", text));
    return seed;
}

void require_range(const char* name, int value, int highest) {
    if (value < 1 || value > highest) throw UsageError(fmt::format("--{} {}: must lie in 1..{}", name, value, highest));
}

}  // namespace

std::optional<DatasetOptions> parse_command_line(int argc, char** argv) {
    DatasetOptions dataset;
    std::string out, seed;
    const options::options_description visible = visible_options(dataset, seed);
    options::options_description all;
    all.add(visible).add_options()("out", options::value(&out));
    options::positional_options_description positional;
    positional.add("out", 1);
    options::variables_map values;
    try {
        using options::command_line_style::allow_guessing;
        const int style = options::command_line_style::default_style & ~allow_guessing;
        options::store(options::command_line_parser(argc, argv).options(all).positional(positional).style(style).run(),
                       values);
        options::notify(values);
    } catch (const options::error& error) {
        throw UsageError(fmt::format("{}; see semscope-make-demo --help", error.what()));
    }
    if (values.contains("help")) {
        std::cout << "Usage: semscope-make-demo OUT [options]\n\n"
                     "Draws a small data set with known truths to the folder OUT and trains its network.\n\n"
                  << visible;
        return {};
    }
    if (values.contains("version")) {
        fmt::print("semscope-make-demo {} (revision {}, {})\n", version(), git_revision(), build_type());
        return {};
    }
    if (out.empty()) throw UsageError("the folder OUT is missing; see semscope-make-demo --help");
    require_range("images-per-scene", dataset.images_per_scene, 9999);
    require_range("train-per-scene", dataset.training.images_per_scene, 100000);
    require_range("threads", dataset.training.threads, 1024);
    dataset.training.seed = parse_seed(seed);
    dataset.out = out;
    return dataset;
}

}  // namespace semscope::demo
