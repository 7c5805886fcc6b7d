#include "semscope/postprocess/map_job.hpp"

#include "map_plan.hpp"
#include "map_writer.hpp"
#include "semscope/cli/distributed_run.hpp"
#include "semscope/cli/log.hpp"
#include "semscope/cli/vocabulary.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/comm/partition.hpp"
#include "semscope/core/timing.hpp"
#include "semscope/postprocess/selection.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

namespace semscope::postprocess {
namespace {

using comm::Communicator;
using results::OcclusionReader;

/// What every rank knows before the work is shared.
struct Task {
    std::unique_ptr<OcclusionReader> file;
    std::unique_ptr<MapSource> source;
    MapStyle style;
    MapSelection selection;
};

/// Opens the input and checks all options. The run's own configuration, recorded in the file, says where the data are
/// and how they were read. Collective.
Task prepare(cli::Options& options, const cli::Settings& settings, const Communicator& communicator) {
    Task task;
    Problems problems;
    comm::agree(communicator, [&] {
        problems.collect([&] { task.file = std::make_unique<OcclusionReader>(open_occlusion(settings.output)); });
        problems.collect([&] { task.style.output = prepare_output(settings); });
        problems.collect([&] { task.style.formats = selected_formats(settings.figures, {figures::Format::png}); });
        task.style.scale = settings.figures.scale;
        task.selection.limit = settings.figures.limit;
        if (!task.file) return;
        problems.collect([&] {
            const std::string path = settings.output.occlusion.string();
            options.adopt(task.file->attribute("configuration"), path);
            if (settings.data.root.empty())
                throw UsageError(path + " does not say where its photos are; set data.root");
        });
        problems.collect([&] { task.selection.scenes = selected_scenes(settings.figures, task.file->scene_names()); });
        problems.collect([&] {
            task.style.names = std::make_shared<ImageNames>(*task.file);
            task.selection.images = task.style.names->find(split_list(settings.figures.image));
        });
    });
    comm::agree_on_problems(communicator, problems);
    task.source = std::make_unique<MapSource>(
        *task.file, MapPlaces{settings.data.root, settings.labels.root, settings.labels.coding,
                              settings.preprocess.geometry, settings.occlusion.min_pixels});
    return task;
}

/// Maps of one rank, a step each.
class MapTask : public cli::RankTask {
  public:
    MapTask(MapWriter& writer, std::span<const MapJob> jobs) : writer_(writer), jobs_(jobs) {}

    bool do_step() override {
        if (finished()) return false;
        writer_.draw(jobs_[done_++]);
        return true;
    }
    bool finished() const override { return done_ == jobs_.size(); }
    std::uint64_t done() const override { return done_; }

  private:
    MapWriter& writer_;
    std::span<const MapJob> jobs_;
    std::size_t done_ = 0;
};

/// Draws this rank's share. Returns what could not be drawn. Collective.
MapFaults draw_share(const Task& task, const MapScan& scan, const std::vector<MapJob>& jobs,
                     const Communicator& communicator, const cli::Log& log) {
    const auto share = comm::even_share(jobs.size(), communicator.rank(), communicator.size());
    const std::span own(jobs.begin() + static_cast<std::ptrdiff_t>(share.begin), share.size());
    MapWriter writer(*task.source, scan, task.style);
    Problems problems;
    comm::agree(communicator, [&] {
        problems.collect([&] { require_replaceable(writer.files(own), task.style.output.overwrite); });
    });
    comm::agree_on_problems(communicator, problems);

    MapTask maps(writer, own);
    (void)cli::run_distributed(maps, {.communicator = communicator, .log = log, .unit = "maps", .total = jobs.size()});
    return writer.faults();
}

/// The lines of all ranks, on rank 0's log. Collective. Returns their number.
std::uint64_t tell(const std::vector<std::string>& own, const std::string& what, const Communicator& communicator,
                   const cli::Log& log) {
    const std::uint64_t count = communicator.sum(std::uint64_t{own.size()});
    std::string lines;
    for (const std::string& part : communicator.gather(fmt::format("{}", fmt::join(own, "\n"))))
        if (!part.empty()) lines += "\n" + part;
    if (count > 0) log.warning(fmt::format("{}: {}{}", what, count, lines));
    return count;
}

void tell_undrawn(const Task& task, const MapScan& scan, const cli::Log& log) {
    Undrawn undrawn;
    std::vector<bool> predicted(scan.ranges.size()), correct(scan.ranges.size());
    for (std::size_t i = 0; i < scan.predicted.size(); ++i) {
        if (scan.predicted[i] < 0) continue;
        predicted[static_cast<std::size_t>(scan.predicted[i])] = true;
        if (scan.predicted[i] == scan.scene[i]) correct[static_cast<std::size_t>(scan.predicted[i])] = true;
    }
    for (const std::uint64_t scene : task.selection.scenes) {
        const std::string& name = task.source->scenes()[scene];
        if (!predicted[scene]) undrawn.add("no maps: no image is predicted as the scene", name);
        if (predicted[scene] && !correct[scene]) undrawn.add("no maps of correct predictions", name);
    }
    undrawn.tell(log);
}

}  // namespace

cli::Options map_options(cli::Settings& settings) {
    cli::Options options("semscope-sdm", "draws the score deviation maps of images (MPI)");
    options.add(cli::vocabulary(settings, {cli::Group::labels, cli::Group::figures, cli::Group::output}));
    const data::Geometry& geometry = settings.preprocess.geometry;
    options.use(settings.data.root, geometry.resize, geometry.crop, geometry.interpolation,
                settings.occlusion.min_pixels);
    return options;
}

ExitCode draw_maps(cli::Options& options, const cli::Settings& settings, const comm::Communicator& communicator) {
    const cli::Log log(communicator.is_root());
    const double start = steady_seconds();
    const Task task = prepare(options, settings, communicator);
    const auto side = static_cast<std::uint64_t>(settings.preprocess.geometry.crop);
    const auto scan = comm::agree(communicator, [&] { return scan_share(*task.file, side * side, communicator); });
    const auto joined = join_shares(scan, communicator);
    const auto jobs = plan_maps(joined, task.selection);
    if (!task.file->complete()) log.warning("the occlusion file is not complete; images that are pending get no map");

    const auto faults = draw_share(task, joined, jobs, communicator, log);
    if (communicator.is_root()) tell_undrawn(task, joined, log);
    tell(faults.missing_photos, "panels without photo", communicator, log);
    const auto unreadable = tell(faults.unreadable_maps, "no map without its label map", communicator, log);
    const auto changed = tell(faults.changed_maps, "no map where the label map has changed", communicator, log);
    log.info(fmt::format("{} maps in {:.2f} s are in {}", jobs.size() - unreadable - changed, steady_seconds() - start,
                         (task.style.output.folder / "sdm").string()));
    if (changed > 0) return ExitCode::bad_input;
    return unreadable > 0 ? ExitCode::some_unreadable : ExitCode::done;
}

}  // namespace semscope::postprocess
