

// The collective parts, under mpirun: the write of a checkpoint and the reduction. Ranks run the same number of rounds;
// a round's time is that of the slowest rank, and rank 0 prints.
#include "semscope/comm/agreement.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/core/timing.hpp"
#include "semscope/results/occlusion_file.hpp"
#include "statistics/reduction.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <numeric>

namespace semscope {
namespace {

using comm::Communicator;
using comm::Range;

constexpr std::uint64_t scenes = 365;
constexpr std::uint64_t semantics = 151;
constexpr std::uint64_t variants_per_image = 10;
constexpr int rounds = 10;

const Communicator* world = nullptr;  // of main; benchmarks are plain functions

/// An occlusion file of made-up scores, `images` of them on every rank; removed at the end.
class MadeUpFile {
  public:
    explicit MadeUpFile(std::uint64_t images)
        : images_(images), path_(world->broadcast(fmt::format("collective-bench.{}.h5", ::getpid()))) {
        const auto ranks = static_cast<std::uint64_t>(world->size());
        comm::agree(*world, [&] {
            if (!world->is_root()) return;
            results::OcclusionLayout layout;
            layout.images = images * ranks;
            layout.variants = layout.images * variants_per_image;
            for (std::uint64_t i = 0; i < scenes; ++i) layout.scenes.push_back(fmt::format("scene {}", i));
            for (std::uint64_t i = 0; i < semantics; ++i) layout.semantics.push_back(fmt::format("class {}", i));
            layout.maximum_path_bytes = 40;
            layout.image_path = [](std::uint64_t image) { return fmt::format("val/scene/{:08}.jpg", image); };
            results::create_occlusion_file(path_, layout, {}, ranks);
        });
        writer_.emplace(path_, *world);
        writer_->write_survey(survey());
    }

    ~MadeUpFile() {
        writer_.reset();
        std::error_code ignored;
        if (world->is_root()) std::filesystem::remove(path_, ignored);
    }

    const std::filesystem::path& path() const { return path_; }
    results::OcclusionWriter& writer() { return *writer_; }
    void finish() { writer_->finish(); }

    Range own() const {
        const auto rank = static_cast<std::uint64_t>(world->rank());
        return {rank * images_, (rank + 1) * images_};
    }

    /// All rows of this rank: scores that fall with the distance from the true scene, other ones for every variant.
    results::ResultRows rows() const {
        const Range images = own();
        results::ResultRows rows;
        rows.images = {images};
        rows.variants = {{images.begin * variants_per_image, images.end * variants_per_image}};
        rows.image_probability.resize(images.size() * scenes);
        rows.variant_probability.resize(rows.image_probability.size() * variants_per_image);
        fill(rows.image_probability);
        fill(rows.variant_probability);
        rows.image_loss.assign(images.size(), 1.0F);
        rows.status.assign(images.size(), stored(results::ImageStatus::done));
        rows.photo_digest.assign(images.size(), 1);
        return rows;
    }

  private:
    static void fill(std::vector<float>& scores) {
        for (std::size_t i = 0; i < scores.size(); ++i)
            scores[i] = static_cast<float>((i * 2654435761U) % 1000) / (500.0F * static_cast<float>(scenes));
    }

    results::SurveyRows survey() const {
        const Range images = own();
        results::SurveyRows rows;
        rows.images = images;
        rows.variants = {images.begin * variants_per_image, images.end * variants_per_image};
        for (std::uint64_t image = images.begin; image < images.end; ++image) {
            rows.scene.push_back(static_cast<std::int32_t>(image % scenes));
            rows.variant_offset.push_back(image * variants_per_image);
            rows.label_digest.push_back(image);
            for (std::uint64_t i = 0; i < variants_per_image; ++i) {
                rows.variant_image.push_back(static_cast<std::uint32_t>(image));
                rows.variant_semantic.push_back(
                    static_cast<std::uint16_t>(1 + (image + 7 * i) % 70 + (i >= 5 ? 75 : 0)));
                rows.variant_pixels.push_back(100);
            }
            std::sort(rows.variant_semantic.end() - variants_per_image, rows.variant_semantic.end());
        }
        if (world->rank() == world->size() - 1) rows.variant_offset.push_back(images.end * variants_per_image);
        return rows;
    }

    std::uint64_t images_;
    std::filesystem::path path_;
    std::optional<results::OcclusionWriter> writer_;
};

/// Times `work` on all ranks from a common start.
template <class Work>
void time_together(benchmark::State& state, const Work& work) {
    for (auto _ : state) {
        world->barrier();
        const double start = steady_seconds();
        work();
        state.SetIterationTime(world->max(steady_seconds() - start));
    }
}

void report_bytes(benchmark::State& state, std::uint64_t bytes) {
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * static_cast<std::int64_t>(world->size()) *
                            static_cast<std::int64_t>(state.iterations()));
}

/// A checkpoint of so many images a rank: scores, flush, status, flush.
void write_checkpoint(benchmark::State& state) {
    MadeUpFile file(static_cast<std::uint64_t>(state.range(0)));
    const results::ResultRows rows = file.rows();
    time_together(state, [&] { file.writer().write_results(rows); });
    report_bytes(state, (rows.image_probability.size() + rows.variant_probability.size()) * sizeof(float));
}
BENCHMARK(write_checkpoint)
    ->ArgName("images")
    ->Arg(1)
    ->Arg(100)
    ->Arg(2000)
    ->UseManualTime()
    ->Iterations(rounds)
    ->Unit(benchmark::kMillisecond);

/// The reduction of a file of so many images a rank, with few resamples: reading, checking and routing are measured.
void reduce(benchmark::State& state) {
    MadeUpFile file(static_cast<std::uint64_t>(state.range(0)));
    const results::ResultRows rows = file.rows();
    file.writer().write_results(rows);
    file.finish();
    const results::OcclusionReader reader(file.path());
    statistics::ReductionOptions options;
    options.resampling = {0, 10, 10};
    time_together(state, [&] {
        benchmark::DoNotOptimize(statistics::reduce(reader, *world, options, [](const auto&, auto, auto) {}));
    });
    report_bytes(state, (rows.image_probability.size() + rows.variant_probability.size()) * sizeof(float));
}
BENCHMARK(reduce)->ArgName("images")->Arg(2000)->UseManualTime()->Iterations(rounds)->Unit(benchmark::kMillisecond);

/// For the ranks that do not print.
class SilentReporter : public benchmark::BenchmarkReporter {
  public:
    bool ReportContext(const Context&) override { return true; }
    void ReportRuns(const std::vector<Run>&) override {}
};

}  // namespace
}  // namespace semscope

int main(int argc, char** argv) {
    using namespace semscope;
    const comm::Environment environment(argc, argv);
    const auto communicator = comm::Communicator::world();
    world = &communicator;
    benchmark::Initialize(&argc, argv);
    if (communicator.is_root()) {
        benchmark::RunSpecifiedBenchmarks();
    } else {
        SilentReporter silent;
        benchmark::RunSpecifiedBenchmarks(&silent);
    }
    return 0;
}
