

// What a photo costs one core besides its forwards: decoding, resizing, filling, batch assembly, survey of its classes.
#include "occlusion/rank_work.hpp"
#include "sample_files.hpp"
#include "semscope/data/label_map.hpp"
#include "semscope/data/pictures.hpp"
#include "semscope/data/preprocess.hpp"
#include "semscope/network/occluder.hpp"
#include "support/hand_made_network.hpp"
#include "support/numbered_names.hpp"

#include <benchmark/benchmark.h>

namespace semscope {
namespace {

constexpr int crop = 224;
constexpr std::size_t semantics = 151;
constexpr std::size_t scenes = 365;
const data::LabelCoding coding{data::LabelChannel::blue, 0, 0};
const data::Geometry geometry{256, crop};

const bench::SampleFiles& files() {
    static const bench::SampleFiles made;
    return made;
}

const data::LabelDecoder& decoder() {
    static const data::LabelDecoder made(coding, testing_support::numbered_names(semantics));
    return made;
}

void read_photo_size(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(data::read_image_size(files().photo()));
}
BENCHMARK(read_photo_size)->Unit(benchmark::kMillisecond);

void decode_photo(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(data::read_photo(files().photo()));
}
BENCHMARK(decode_photo)->Unit(benchmark::kMillisecond);

void resize_photo(benchmark::State& state) {
    const data::Image photo = data::read_photo(files().photo());
    for (auto _ : state) benchmark::DoNotOptimize(data::resize_and_crop(geometry, photo));
}
BENCHMARK(resize_photo)->Unit(benchmark::kMillisecond);

void decode_labels(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(data::read_label_map(files().labels(), decoder()));
}
BENCHMARK(decode_labels)->Unit(benchmark::kMillisecond);

void resize_and_count_labels(benchmark::State& state) {
    const data::LabelMap map = data::read_label_map(files().labels(), decoder());
    for (auto _ : state) {
        const auto labels = data::resize_and_crop_labels(geometry, map.size, map.labels);
        benchmark::DoNotOptimize(data::present_classes(labels, 1));
    }
}
BENCHMARK(resize_and_count_labels)->Unit(benchmark::kMillisecond);

/// An occluder whose network costs next to nothing, and a photo for it.
struct Assembly {
    explicit Assembly(network::Fill fill) {
        network::NetworkOptions network;
        network.path = folder.path() / "network.ts";
        network.scenes = 3;
        testing_support::write_network(network.path, "return x.mean([2, 3])");
        network::OcclusionOptions options;
        options.fill = fill;
        occluder.emplace(network, options);
        auto made = std::make_shared<network::Sample>();
        made->rgb = data::resize_and_crop(geometry, data::read_photo(files().photo())).pixels;
        const auto map = data::read_label_map(files().labels(), decoder());
        made->labels = data::resize_and_crop_labels(geometry, map.size, map.labels);
        for (const auto& present : data::present_classes(made->labels, 1)) classes.push_back(present.semantic);
        sample = made;
    }

    testing_support::TemporaryFolder folder;
    std::optional<network::Occluder> occluder;
    std::shared_ptr<const network::Sample> sample;
    std::vector<std::uint16_t> classes;
};

void load_image(benchmark::State& state) {
    Assembly assembly(static_cast<network::Fill>(state.range(0)));
    for (auto _ : state) assembly.occluder->load(0, assembly.sample);
}
BENCHMARK(load_image)
    ->ArgName("fill")
    ->Arg(static_cast<int>(network::Fill::mean))
    ->Arg(static_cast<int>(network::Fill::blur))
    ->Unit(benchmark::kMillisecond);

/// A batch of 32: all variants of the photo, again and again. The time of one forward is the counter `per_forward`.
void assemble_batch(benchmark::State& state) {
    Assembly assembly(static_cast<network::Fill>(state.range(0)));
    assembly.occluder->load(0, assembly.sample);
    std::vector<network::Forward> forwards;
    for (std::size_t i = 0; forwards.size() < static_cast<std::size_t>(assembly.occluder->batch()); ++i)
        forwards.push_back({0, assembly.classes.at(i % assembly.classes.size())});
    for (auto _ : state) assembly.occluder->assemble(forwards);
    state.counters["per_forward"] =
        benchmark::Counter(static_cast<double>(forwards.size()),
                           benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(assemble_batch)
    ->ArgName("fill")
    ->DenseRange(static_cast<int>(network::Fill::mean), static_cast<int>(network::Fill::noise))
    ->Unit(benchmark::kMillisecond);

/// The scores of an image with 10 variants on their way to a checkpoint.
void buffer_rows(benchmark::State& state) {
    const std::vector<float> row(scenes, 1.0F / scenes);
    const attribution::Settings settings;
    occlusion::ResultBuffer buffer(settings, scenes, [](auto) { return std::string("image"); });
    std::uint64_t image = 0;
    for (auto _ : state) {
        occlusion::ImageInWork& work = buffer.expect(
            {.image = image, .variants = {10 * image, 10 * image + 10}, .scene = 0, .photo_digest = image});
        while (work.evaluation->next()) buffer.add_row(work, row);
        ++image;
        if (image % 64 == 0) benchmark::DoNotOptimize(buffer.take_finished());
    }
}
BENCHMARK(buffer_rows)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace semscope

BENCHMARK_MAIN();
