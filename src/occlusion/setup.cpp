#include "semscope/occlusion/setup.hpp"

#include "semscope/attribution/orders.hpp"
#include "semscope/cli/configuration.hpp"
#include "semscope/cli/pictures.hpp"
#include "semscope/cli/watched_run.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/core/digest.hpp"
#include "semscope/data/image.hpp"
#include "semscope/hdf5/handle.hpp"
#include "semscope/network/occluder.hpp"
#include "semscope/results/occlusion_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <exception>
#include <numeric>
#include <string>

namespace semscope::occlusion {

std::optional<Inputs> read_inputs(const cli::Settings& settings, const cli::Archives& archives, Problems& problems) {
    const cli::DataSettings& data = settings.data;
    if (!cli::data_root_exists(data.root, problems)) return std::nullopt;
    const std::size_t before = problems.list().size();
    Inputs inputs;
    problems.collect([&] { inputs.scenes = data::read_scene_names(data.scenes); });
    problems.collect([&] { inputs.semantics = data::read_semantic_names(data.semantics); });
    if (inputs.scenes.size() > 0)
        problems.collect([&] { inputs.source.images = data::read_image_list(data.images, inputs.scenes, data.limit); });
    if (problems.list().size() > before) return std::nullopt;

    occlusion::Source& source = inputs.source;
    source.photos = cli::photos_of(settings, archives);
    problems.collect([&] {
        source.labels = cli::label_maps_of(settings, inputs.semantics, archives);
        data::require_own_label_maps(source.images, source.labels.naming);
    });
    if (problems.list().size() > before) return std::nullopt;
    source.geometry = settings.preprocess.geometry;
    source.min_pixels = settings.occlusion.min_pixels;
    source.semantics = inputs.semantics.size();
    return inputs;
}

std::vector<comm::InputDigest> input_digests(const cli::Settings& settings, const Inputs& inputs) {
    return {{settings.data.images.string(), inputs.source.images.digest()},
            {settings.data.scenes.string(), sha256_of_lines(inputs.scenes.names())},
            {settings.data.semantics.string(), sha256_of_lines(inputs.semantics)}};
}

bool has_network(const std::filesystem::path& path) {
    std::error_code ignored;
    return path == network::null_network || std::filesystem::is_regular_file(path, ignored);
}

std::string network_digest(const std::filesystem::path& path) {
    return path == network::null_network ? network::null_network : sha256_of_file(path);
}

network::NetworkOptions network_options(const cli::Settings& settings, const network::Placement& placement,
                                        std::size_t scenes) {
    network::NetworkOptions network;
    network.path = settings.model.path;
    network.output = settings.model.output;
    network.precision = settings.run.precision;
    network.device = placement.device;
    network.batch = settings.run.batch.value();
    network.simulate_forward_ms = settings.run.simulate_forward_ms;
    network.crop = settings.preprocess.geometry.crop;
    network.threads = placement.threads;
    network.batch_invariance = settings.run.batch_invariance;
    network.cuda_graph = settings.run.cuda_graph;
    network.scenes = scenes;
    return network;
}

network::OcclusionOptions occlusion_options(const cli::Settings& settings) {
    network::OcclusionOptions occlusion;
    occlusion.fill = settings.occlusion.fill;
    occlusion.mode = settings.occlusion.mode;
    occlusion.colour = settings.occlusion.colour;
    occlusion.input = settings.preprocess.colours;
    occlusion.blur_kernel = settings.occlusion.blur_kernel;
    occlusion.blur_sigma = settings.occlusion.blur_sigma;
    occlusion.noise_seed = settings.occlusion.noise_seed;
    return occlusion;
}

std::string describe_fill(const cli::Settings& settings) {
    const cli::InputColours& input = settings.preprocess.colours;
    const auto& colour = settings.occlusion.colour;
    constexpr float tolerance = 1e-3F;
    bool same = true;
    for (std::size_t c = 0; c < colour.size(); ++c)
        same = same && std::abs(colour[c] - input.mean[c] / input.full()) < tolerance;
    if (same || settings.occlusion.fill != Fill::mean) return "";
    return fmt::format("inhibited pixels get the colour {} (occlusion.colour), which is not preprocess.mean",
                       fmt::join(colour, ", "));
}

void check_combinations(const cli::Settings& settings, Problems& problems) {
    const data::Geometry& geometry = settings.preprocess.geometry;
    const int crop = geometry.crop;
    if (const int side = geometry.resize.shorter_side(); side != 0 && side < crop)
        problems.add(fmt::format("preprocess.resize = {} leaves less than preprocess.crop = {}",
                                 data::to_string(geometry.resize), crop));
    cli::check_colours(settings.preprocess.colours, problems);
    const attribution::Settings& attribution = settings.attribution;
    if (attribution.any() && settings.occlusion.mode == Mode::keep)
        problems.add(
            "occlusion.mode = keep goes with no attribution: coalitions are of classes that stay, and what keep "
            "inhibits "
            "is all that does not; set occlusion.mode = remove, or attribution.shapley = off, attribution.curves = "
            "false "
            "and attribution.interactions = false");
    const int kernel = settings.occlusion.blur_kernel;
    if (settings.run.simulate_forward_ms > 0 && settings.model.path != network::null_network)
        problems.add("run.simulate-forward-ms is for model.path = null; a real network takes the time that it takes");
    if (kernel % 2 == 0) problems.add(fmt::format("occlusion.blur-kernel = {} must be odd", kernel));
    if (settings.occlusion.fill == Fill::blur && kernel / 2 >= crop)
        problems.add(fmt::format("occlusion.blur-kernel = {} is too large for preprocess.crop = {}", kernel, crop));
}

std::vector<std::string> library_descriptions() {
    return {network::torch_description(), comm::library_description(), hdf5::library_description(),
            data::library_description()};
}

std::string describe_plan(const occlusion::Plan& plan, std::uint64_t output_bytes) {
    const auto images = std::accumulate(plan.images.begin(), plan.images.end(), std::uint64_t{0});
    const std::uint64_t variants = plan.total - plan.further - images;
    const auto [least, most] = std::minmax_element(plan.forwards.begin(), plan.forwards.end());
    std::string text = fmt::format("{} images, {} variants, {} forwards\n{} bytes of output ({:.3f} GB)\n", images,
                                   variants, plan.total, output_bytes, static_cast<double>(output_bytes) / 1e9);
    constexpr std::size_t few = 32;
    if (plan.forwards.size() <= few)
        text += fmt::format("{} ranks, forwards of each: {}; imbalance {:.3f}\n", plan.forwards.size(),
                            fmt::join(plan.forwards, " "), plan.imbalance());
    else
        text += fmt::format("{} ranks, {} to {} forwards each; imbalance {:.3f}\n", plan.forwards.size(), *least, *most,
                            plan.imbalance());
    return text;
}

std::string describe_attributions(const attribution::Settings& settings, const Plan& plan,
                                  const AttributionPlan& attribution) {
    if (!settings.any()) return "";
    std::vector<std::string> kinds;
    if (settings.shapley != attribution::Shapley::off) {
        const auto images = std::accumulate(plan.images.begin(), plan.images.end(), std::uint64_t{0});
        kinds.push_back(
            fmt::format("Shapley values ({} images exact, {} sampled)", attribution.exact, images - attribution.exact));
    }
    if (settings.curves) kinds.push_back(fmt::format("curves in {} orders", attribution::order_names(settings).size()));
    if (settings.interactions) kinds.push_back(fmt::format("interactions of {} pairs", attribution.pairs));
    return fmt::format("{}{} of these forwards are for {}\n", settings.curves ? "at most " : "", plan.further,
                       fmt::join(kinds, ", "));
}

std::string describe_labels(const Survey& survey, const Source& source, const std::vector<std::string>& semantics,
                            const comm::Communicator& communicator) {
    constexpr std::size_t most = 10;
    std::vector<std::uint64_t> pixels(semantics.size());
    for (std::size_t v = 0; v < survey.rows.variant_semantic.size(); ++v)
        pixels[survey.rows.variant_semantic[v]] += survey.rows.variant_pixels[v];
    communicator.sum_each(pixels);
    if (!communicator.is_root() || survey.images == 0) return "";
    const double all = static_cast<double>(survey.images) * source.geometry.crop * source.geometry.crop;
    const auto inhibited = std::accumulate(pixels.begin(), pixels.end(), std::uint64_t{0});
    std::vector<std::size_t> order(semantics.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return pixels[a] > pixels[b]; });
    std::vector<std::string> shares;
    for (const std::size_t s : order)
        if (pixels[s] > 0 && shares.size() < most)
            shares.push_back(fmt::format("{} {:.1f} %", semantics[s], 100 * static_cast<double>(pixels[s]) / all));
    return fmt::format("commonest classes: {}; unlabelled or too small {:.1f} %\n", fmt::join(shares, ", "),
                       100 * (1 - static_cast<double>(inhibited) / all));
}

void log_orientations(const Survey& survey, data::ExifOrientation exif, const cli::Log& log) {
    if (survey.turned == 0) return;
    if (exif == data::ExifOrientation::apply)
        return log.info(
            fmt::format("{} of {} photos are turned as their EXIF orientation says", survey.turned, survey.images));
    log.warning(
        fmt::format("{} of {} photos have an EXIF orientation that is ignored: the network sees them turned or "
                    "mirrored; if their label maps are upright, set data.exif = apply",
                    survey.turned, survey.images));
}

void log_hints(const KeyValues& asked, const KeyValues& in_effect, const cli::Log& log) {
    if (asked.empty()) return;
    std::vector<std::string> kept;
    std::vector<std::string> ignored;
    for (const auto& [key, value] : asked) {
        const auto same = [&key = key](const auto& other) { return other.first == key; };
        const auto found = std::find_if(in_effect.begin(), in_effect.end(), same);
        if (found == in_effect.end())
            ignored.push_back(key);
        else
            kept.push_back(fmt::format("{}={}", found->first, found->second));
    }
    if (!kept.empty()) log.info(fmt::format("MPI-IO hints in effect: {}", fmt::join(kept, ",")));
    if (!ignored.empty()) log.warning(fmt::format("MPI-IO hints that this MPI ignores: {}", fmt::join(ignored, ", ")));
}

std::string recorded_option(const cli::Settings& settings, const char* option) {
    const auto& path = settings.output.occlusion;
    std::error_code ignored;
    if (!settings.run.resume || !std::filesystem::exists(path, ignored)) return "";
    try {
        return cli::recorded_value(results::OcclusionReader(path).attribute("configuration"), option);
    } catch (const std::exception&) {
        return "";
    }
}

namespace {

/// run.batch of the file that is to be continued, 0 when there is none.
std::int64_t recorded_batch(const cli::Settings& settings) {
    const std::string text = recorded_option(settings, "run.batch");
    std::int64_t batch = 0;
    std::from_chars(text.data(), text.data() + text.size(), batch);
    return batch;
}

/// Of all sizes, what a forward costs on the slowest rank; empty when the network does not work on some rank.
std::vector<network::BatchSpeed> measure(const cli::RunContext& context, const network::NetworkOptions& network) {
    std::vector<network::BatchSpeed> speeds;
    try {
        speeds = network::measure_batches(network, [&] { context.activity.tick(); });
    } catch (const std::exception&) {
        // What is wrong shows again when the network is loaded; no rank leaves the others.
        speeds.clear();
    }
    if (!context.communicator.all_of(!speeds.empty())) return {};
    for (network::BatchSpeed& speed : speeds)
        speed.seconds_per_forward = context.communicator.max(speed.seconds_per_forward);
    return speeds;
}

std::string describe(const std::vector<network::BatchSpeed>& speeds) {
    std::string text;
    for (const auto& [batch, seconds] : speeds)
        text += fmt::format("{}{}: {:.2f} ms", text.empty() ? "" : ", ", batch, 1e3 * seconds);
    return text;
}

}  // namespace

void settle_batch(const cli::RunContext& context, const network::Placement& placement, std::size_t scenes) {
    const cli::Settings& settings = context.settings;
    if (settings.run.batch) return;
    const auto settle = [&](std::int64_t batch) {
        context.options.settle(settings.run.batch, std::optional(static_cast<int>(batch)));
    };
    const std::int64_t recorded =
        context.communicator.broadcast(context.communicator.is_root() ? recorded_batch(settings) : std::int64_t{0});
    settle(recorded > 0 ? recorded : cli::default_batch);
    if (recorded > 0 || scenes == 0 || settings.model.path == network::null_network) return;
    auto network = occlusion::network_options(settings, placement, scenes);
    network.sha256 = cli::expected_sha256("model.sha256", settings.model.sha256, "");
    const auto speeds = measure(context, network);
    if (speeds.empty()) return;
    const int batch = network::choose_batch(speeds);
    settle(batch);
    context.log.info(fmt::format("run.batch = {} (a forward in batches of {})", batch, describe(speeds)));
}

namespace {

/// What the network gives, by the photos of the trial; auto when it does not work.
ModelOutput judged_output(const cli::Settings& settings, const network::Placement& placement, const Inputs& inputs) {
    auto network = network_options(settings, placement, inputs.scenes.size());
    try {
        network.sha256 = cli::expected_sha256("model.sha256", settings.model.sha256, "");
        const auto photos = first_photos(inputs.source, photos_of_trial, WithLabels::no);
        return network::Occluder(network, occlusion_options(settings), photos).output();
    } catch (const std::exception&) {
        return ModelOutput::automatic;
    }
}

}  // namespace

void settle_output(const cli::RunContext& context, const network::Placement& placement,
                   const std::optional<Inputs>& inputs) {
    const cli::Settings& settings = context.settings;
    if (settings.model.output != ModelOutput::automatic) return;
    ModelOutput output = ModelOutput::automatic;
    if (context.communicator.is_root() && inputs && settings.model.path != network::null_network) {
        output = value_of<ModelOutput>(recorded_option(settings, "model.output")).value_or(ModelOutput::automatic);
        if (output == ModelOutput::automatic) output = judged_output(settings, placement, *inputs);
    }
    output = context.communicator.broadcast(output);
    const bool known = output != ModelOutput::automatic;
    context.options.settle(settings.model.output, known ? output : ModelOutput::logits);
    if (known) context.log.info(fmt::format("model.output = auto: the network gives {}", name_of(output)));
}

}  // namespace semscope::occlusion
