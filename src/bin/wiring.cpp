#include "wiring.hpp"

#include "picture_wiring.hpp"
#include "semscope/base/digest.hpp"
#include "semscope/dataset/version.hpp"
#include "semscope/hdf5/version.hpp"
#include "semscope/mpi/version.hpp"

#include <fmt/format.h>

namespace semscope::wiring {

namespace {

/// The enumerator at the place of the option's value among its choices, which are declared in the same order.
template <class Enum>
Enum choice(const app::Options& options, const std::string& name) {
    return static_cast<Enum>(options.choice(name));
}

}  // namespace

std::optional<Inputs> read_inputs(const app::Options& options, Problems& problems) {
    if (!data_root_exists(options, problems)) return std::nullopt;
    const std::size_t before = problems.list().size();
    Inputs inputs;
    problems.collect([&] { inputs.scenes = dataset::read_scene_names(options.path("data.scenes")); });
    problems.collect([&] { inputs.semantics = dataset::read_semantic_names(options.path("data.semantics")); });
    if (inputs.scenes.size() > 0)
        problems.collect([&] {
            inputs.source.images = dataset::read_image_list(options.path("data.images"), inputs.scenes,
                                                            static_cast<std::uint64_t>(options.integer("data.limit")));
        });
    if (problems.list().size() > before) return std::nullopt;

    occlusion::Source& source = inputs.source;
    source.image_root = options.path("data.root");
    source.label_root = options.path("labels.root");
    source.coding = label_coding(options);
    source.geometry = geometry(options);
    source.min_pixels = static_cast<std::uint32_t>(options.integer("occlusion.min-pixels"));
    source.semantics = inputs.semantics.size();
    return inputs;
}

bool has_network(const app::Options& options) {
    const auto path = options.path("model.path");
    std::error_code ignored;
    return path == inference::null_network || std::filesystem::is_regular_file(path, ignored);
}

std::string network_digest(const app::Options& options) {
    const auto path = options.path("model.path");
    return path == inference::null_network ? inference::null_network : sha256_of_file(path);
}

inference::NetworkOptions network_options(const app::Options& options, const Placement& placement, std::size_t scenes) {
    inference::NetworkOptions network;
    network.path = options.path("model.path");
    network.output = choice<inference::ModelOutput>(options, "model.output");
    network.precision = choice<inference::Precision>(options, "run.precision");
    network.device = placement.device;
    network.batch = static_cast<int>(options.integer("run.batch"));
    network.simulate_forward_ms = options.real("run.simulate-forward-ms");
    network.crop = static_cast<int>(options.integer("preprocess.crop"));
    network.threads = placement.threads;
    network.scenes = scenes;
    return network;
}

inference::OcclusionOptions occlusion_options(const app::Options& options) {
    inference::OcclusionOptions occlusion;
    occlusion.fill = choice<inference::Fill>(options, "occlusion.fill");
    occlusion.mode = choice<inference::Mode>(options, "occlusion.mode");
    occlusion.mean = options.three_reals("preprocess.mean");
    occlusion.std = options.three_reals("preprocess.std");
    occlusion.blur_kernel = static_cast<int>(options.integer("occlusion.blur-kernel"));
    occlusion.blur_sigma = options.real("occlusion.blur-sigma");
    occlusion.noise_seed = static_cast<std::uint64_t>(options.integer("occlusion.noise-seed"));
    return occlusion;
}

void check_combinations(const app::Options& options, Problems& problems) {
    const auto resize = options.integer("preprocess.resize");
    const auto crop = options.integer("preprocess.crop");
    if (resize != 0 && resize < crop)
        problems.add(fmt::format("preprocess.resize = {} leaves less than preprocess.crop = {}", resize, crop));
    const auto kernel = options.integer("occlusion.blur-kernel");
    if (options.real("run.simulate-forward-ms") > 0 && options.path("model.path") != inference::null_network)
        problems.add("run.simulate-forward-ms is for model.path = null; a real network takes the time that it takes");
    if (kernel % 2 == 0) problems.add(fmt::format("occlusion.blur-kernel = {} must be odd", kernel));
    if (options.text("occlusion.fill") == "blur" && kernel / 2 >= crop)
        problems.add(fmt::format("occlusion.blur-kernel = {} is too large for preprocess.crop = {}", kernel, crop));
}

std::vector<std::string> library_descriptions() {
    return {inference::torch_description(), mpi::library_description(), hdf5::library_description(),
            dataset::library_description()};
}

}  // namespace semscope::wiring
