// semscope-reduce: from occlusion matrices to the statistics of scenes. Options and wiring; the work is in the rooms.
#include "mpi_main.hpp"
#include "output_check.hpp"
#include "reduce_exports.hpp"
#include "scene_view.hpp"
#include "semscope/app/log.hpp"
#include "semscope/app/provenance.hpp"
#include "semscope/app/vocabulary.hpp"
#include "semscope/base/timing.hpp"
#include "semscope/hdf5/version.hpp"
#include "semscope/mpi/agreement.hpp"
#include "semscope/mpi/version.hpp"
#include "semscope/results/identity.hpp"
#include "semscope/statistics/reduction.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <map>
#include <memory>

namespace semscope {
namespace {

using mpi::Communicator;
using results::OcclusionReader;
using statistics::Reduction;

app::Options declare_options() {
    app::Options options("semscope-reduce",
                         "evaluates the classifier and finds the relevant classes of each scene (MPI)");
    options.add(app::vocabulary({app::statistics_options, app::output_options}));
    return options;
}

void check_outputs(const app::Options& options, Problems& problems) {
    const auto path = options.path("output.statistics");
    std::error_code ignored;
    bin::check_output_file(options, "output.statistics", {"output.occlusion"}, problems);
    const bool overwrite = options.flag("output.overwrite");
    if (!overwrite && std::filesystem::is_regular_file(path, ignored))
        problems.add(fmt::format("{}: the output exists; move it away or set output.overwrite", path.string()));
    for (const auto& output : bin::export_paths(path))
        if (std::filesystem::is_directory(output, ignored))
            problems.add(fmt::format("{}: is a folder where a file is to be written", output.string()));
        else if (!overwrite && std::filesystem::exists(output, ignored))
            problems.add(fmt::format("{}: the output exists; move it away or set output.overwrite", output.string()));
}

/// Opens the input after all has been checked that can be without reading it through. Collective.
std::unique_ptr<OcclusionReader> open_input(const app::Options& options, const Communicator& communicator,
                                            const app::Log& log) {
    const auto path = options.path("output.occlusion");
    Problems problems;
    // Every process opens the file for itself: ranks read large contiguous blocks, which collective transfers only
    // delay.
    std::unique_ptr<OcclusionReader> file;
    mpi::agree(communicator, [&] {
        check_outputs(options, problems);
        problems.collect([&] { file = std::make_unique<OcclusionReader>(path); });
    });
    mpi::agree_on_problems(communicator, problems);

    const auto counts = statistics::count_images(*file, communicator);
    if (counts[0] > 0 || !file->complete()) {
        const std::string standing =
            fmt::format("{}: {} of {} images are pending", path.string(), counts[0], file->images());
        if (!options.flag("reduce.partial"))
            throw mpi::AgreedError(ExitCode::bad_input,
                                   standing + "; finish the run, or set reduce.partial to use the others");
        log.warning(fmt::format("{}; the statistics stand on the {} that are done", standing, counts[1]));
    }
    return file;
}

statistics::ReductionOptions reduction_options(const app::Options& options) {
    statistics::ReductionOptions reduction;
    reduction.resampling = {static_cast<std::uint64_t>(options.integer("statistics.seed")),
                            static_cast<std::uint32_t>(options.integer("statistics.resamples")),
                            static_cast<std::uint32_t>(options.integer("statistics.permutations"))};
    reduction.thresholds = {options.real("statistics.relevant"), options.real("statistics.distracting")};
    reduction.partial = options.flag("reduce.partial");
    return reduction;
}

bool tells_of_one_run(const std::string& attribute) {
    return attribute != "software_version" && attribute != "git_revision";
}

/// What of the provenance differs from run to run: when, where and by which command. It stands in provenance.json, so
/// that statistics files of the same numbers are equal in every attribute as well.
results::Provenance describe_run(const app::Options& options, const Communicator& communicator, int argc, char** argv) {
    results::Provenance entries;
    for (auto& entry : app::provenance(argc, argv))
        if (tells_of_one_run(entry.first)) entries.push_back(std::move(entry));
    entries.emplace_back("ranks", std::to_string(communicator.size()));
    entries.emplace_back("configuration", options.resolved());
    return entries;
}

/// What decides the statistics, and what ties them to their occlusion file.
results::Provenance describe_source(const app::Options& options, const OcclusionReader& file, int argc, char** argv) {
    results::Provenance entries;
    for (auto& entry : app::provenance(argc, argv))
        if (!tells_of_one_run(entry.first)) entries.push_back(std::move(entry));
    entries.emplace_back("configuration", options.resolved_results_only());
    for (const char* name : {"configuration_digest", "model_sha256", "image_list_sha256"})
        entries.emplace_back(name, file.attribute(name));
    entries.emplace_back("occlusion_identity", results::identity_of(file));
    return entries;
}

results::StatisticsLayout describe_layout(const app::Options& options, const OcclusionReader& file,
                                          const Reduction& reduction) {
    const auto used = reduction_options(options);
    return {file.scene_names(),
            file.semantic_names(),
            reduction.samples,
            reduction.evaluation,
            {used.resampling.seed, used.resampling.resamples, used.resampling.permutations, used.thresholds.relevant,
             used.thresholds.distracting}};
}

void remove_all(const std::vector<std::filesystem::path>& paths, const std::string& suffix) {
    std::error_code ignored;
    for (const auto& path : paths) std::filesystem::remove(path.string() + suffix, ignored);
}

/// Writes the file and the texts beside it under temporary names; at the end rank 0 gives them their own, the file
/// last. Collective.
void write_outputs(const app::Options& options, const OcclusionReader& file, const Reduction& reduction,
                   const Communicator& communicator, int argc, char** argv) {
    const auto path = options.path("output.statistics");
    const std::string suffix = communicator.broadcast(fmt::format(".creating.{}", ::getpid()));
    const std::filesystem::path temporary = path.string() + suffix;
    auto outputs = bin::export_paths(path);
    outputs.push_back(path);
    const auto layout = mpi::agree(communicator, [&] { return describe_layout(options, file, reduction); });
    const auto provenance = mpi::agree(communicator, [&] { return describe_source(options, file, argc, argv); });
    try {
        mpi::agree(communicator, [&] {
            if (communicator.is_root()) results::create_statistics_file(temporary, layout, provenance);
        });
        auto writer = mpi::agree(communicator, [&] { return results::StatisticsWriter(temporary, communicator); });
        mpi::agree(communicator, [&] { writer.write(reduction.rows); });
        mpi::agree(communicator, [&] { writer.finish(); });
        mpi::agree(communicator, [&] {
            if (!communicator.is_root()) return;
            bin::write_exports(results::StatisticsReader(temporary), describe_run(options, communicator, argc, argv),
                               path, suffix);
            for (const auto& output : outputs) std::filesystem::rename(output.string() + suffix, output);
        });
    } catch (const mpi::AgreedError&) {
        if (communicator.is_root()) remove_all(outputs, suffix);
        throw;
    }
}

/// Keeps one progress line a stage on rank 0.
class StageProgress {
  public:
    explicit StageProgress(const app::Log& log) : log_(log) {}
    void update(const std::string& stage, std::uint64_t done, std::uint64_t total) {
        auto& line = lines_[stage];
        if (!line) line = std::make_unique<app::Progress>(log_, stage);
        line->update(done, total);
        seconds_[stage] = steady_seconds() - start_;
    }
    /// Seconds from the start to the last report of a stage.
    double seconds(const std::string& stage) const {
        const auto found = seconds_.find(stage);
        return found == seconds_.end() ? 0 : found->second;
    }

  private:
    const app::Log& log_;
    double start_ = steady_seconds();
    std::map<std::string, std::unique_ptr<app::Progress>> lines_;
    std::map<std::string, double> seconds_;
};

/// Statistics of the file. What is wrong with its numbers is told with its name. Collective.
Reduction reduce(const app::Options& options, const OcclusionReader& file, const Communicator& communicator,
                 StageProgress& progress) {
    try {
        return statistics::reduce(file, communicator, reduction_options(options),
                                  [&](const std::string& stage, std::uint64_t done, std::uint64_t total) {
                                      progress.update(stage, done, total);
                                  });
    } catch (const mpi::AgreedError& error) {
        if (error.exit_code() != ExitCode::bad_input) throw;
        throw mpi::AgreedError(ExitCode::bad_input,
                               fmt::format("{}: {} (semscope-inspect --check tells all that is wrong)",
                                           options.path("output.occlusion").string(), error.what()));
    }
}

ExitCode run(const app::Options& options, const Communicator& communicator, int argc, char** argv) {
    const app::Log log(communicator.is_root());
    const double start = steady_seconds();
    const auto file = open_input(options, communicator, log);
    StageProgress progress(log);
    const Reduction reduction = reduce(options, *file, communicator, progress);
    write_outputs(options, *file, reduction, communicator, argc, argv);
    if (communicator.is_root())
        fmt::print("{}{}\n", bin::evaluation_table(reduction.evaluation), bin::describe_images(reduction.evaluation));

    const double bytes = 4.0 * static_cast<double>((file->images() + file->variants()) * file->scenes());
    const double reading = communicator.max(progress.seconds("blocks"));
    log.info(fmt::format("read {:.1f} MB in {:.3f} s ({:.0f} MB/s), {:.3f} s in all", bytes / 1e6, reading,
                         reading > 0 ? bytes / 1e6 / reading : 0.0, communicator.max(steady_seconds() - start)));
    log.info(fmt::format("{} is complete", options.path("output.statistics").string()));
    return ExitCode::done;
}

}  // namespace
}  // namespace semscope

int main(int argc, char** argv) {
    return semscope::bin::mpi_main(argc, argv, semscope::declare_options(),
                                   {semscope::mpi::library_description(), semscope::hdf5::library_description()},
                                   [&](const auto& options, const auto& communicator) {
                                       return semscope::run(options, communicator, argc, argv);
                                   });
}
