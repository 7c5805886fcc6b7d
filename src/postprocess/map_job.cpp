#include "semscope/postprocess/map_job.hpp"

#include "map_plan.hpp"
#include "map_sheet.hpp"
#include "map_writer.hpp"
#include "semscope/cli/distributed_run.hpp"
#include "semscope/cli/log.hpp"
#include "semscope/cli/pictures.hpp"
#include "semscope/cli/vocabulary.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/comm/partition.hpp"
#include "semscope/core/timing.hpp"
#include "semscope/job/stop_signal.hpp"
#include "semscope/postprocess/selection.hpp"
#include "semscope/results/result_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

namespace semscope::postprocess {
namespace {

using cli::RunContext;
using comm::Communicator;
using results::OcclusionReader;

/// How a run that was stopped starts again.
const std::string how_to_start_again = "again";

/// What every rank knows before the work is shared.
struct Task {
    std::unique_ptr<OcclusionReader> file;
    std::unique_ptr<MapSource> source;
    MapStyle style;
    MapSelection selection;
    std::vector<std::uint64_t> sheet;  ///< scenes of figures.sheet, in its order; empty = maps
};

/// Checks the options that need no file. Local.
void take_style(const cli::Settings& settings, MapStyle& style, Problems& problems) {
    const cli::FigureSettings& figures = settings.figures;
    problems.collect([&] { style.output = prepare_output(settings); });
    problems.collect([&] {
        using enum figures::Format;
        style.formats =
            selected_formats(figures, figures.sheet.empty() ? std::vector{png} : std::vector{png, svg, pdf});
    });
    problems.collect([&] { style.range = selected_range(figures); });
    style.scale = figures.scale;
    style.legend = figures.area == Area::full || figures.width;
    if (figures.width) style.width = *figures.width;
    constexpr double most_pixels = 16384;
    if (const double pixels = figures.width.value_or(0) * figures.dpi / 72.0; pixels > most_pixels)
        problems.add(
            fmt::format("figures.width = {} at figures.dpi = {} makes maps {:.0f} pixels wide; at most {:.0f} "
                        "are drawn",
                        *figures.width, figures.dpi, pixels, most_pixels));
    if (!figures.sheet.empty() && !figures.scene.empty())
        problems.add("figures.sheet names its scenes itself: leave figures.scene out");
}

/// Opens the input and checks all options. The run's own configuration, recorded in the file, says where the data are
/// and how they were read. Collective.
Task prepare(const cli::RunContext& context) {
    const cli::Settings& settings = context.settings;
    const Communicator& communicator = context.communicator;
    Task task;
    Problems problems;
    comm::agree(communicator, [&] {
        problems.collect([&] { task.file = std::make_unique<OcclusionReader>(open_occlusion(settings.output)); });
        take_style(settings, task.style, problems);
        task.selection.limit = settings.figures.limit;
        task.style.attribution = settings.figures.attribution;
        if (!task.file) return;
        problems.collect([&] { require_attribution(*task.file, settings); });
        problems.collect([&] {
            const std::string path = settings.output.occlusion.string();
            context.options.adopt(task.file->attribute("configuration"), path);
            if (settings.data.root.empty())
                throw UsageError(path + " does not say where its photos are; set data.root");
        });
        problems.collect([&] {
            task.style.palette =
                std::make_shared<const figures::Palette>(selected_palette(settings.figures, task.file->semantics()));
        });
        problems.collect(
            [&] { task.sheet = named_scenes(settings.figures.sheet, "figures.sheet", task.file->scene_names()); });
        problems.collect([&] { task.selection.scenes = selected_scenes(settings.figures, task.file->scene_names()); });
        problems.collect([&] {
            task.style.names = std::make_shared<ImageNames>(*task.file);
            task.selection.images = task.style.names->find(split_list(settings.figures.image));
        });
    });
    comm::agree_on_problems(communicator, problems);
    const cli::Archives archives = cli::open_archives(settings, settings.output.occlusion.parent_path(), communicator,
                                                      context.log, [&] { context.activity.tick(); });
    const std::string identity = comm::agree(communicator, [&] {
        task.source = std::make_unique<MapSource>(
            *task.file,
            MapPlaces{cli::photos_of(settings, archives),
                      cli::label_maps_of(settings, task.file->semantic_names(), archives), settings.preprocess.geometry,
                      settings.occlusion.min_pixels, settings.figures.area, settings.figures.attribution});
        return results::identity_of(*task.file);
    });
    comm::require_same_inputs(communicator, {{settings.output.occlusion.string(), identity}});
    return task;
}

/// Maps of one rank, a step each.
class MapTask : public cli::RankTask {
  public:
    MapTask(MapWriter& writer, std::span<const MapJob> jobs, Activity& activity)
        : writer_(writer), jobs_(jobs), activity_(activity) {}

    bool do_step() override {
        if (finished()) return false;
        activity_.tick();
        writer_.draw(jobs_[done_++]);
        return true;
    }
    bool finished() const override { return done_ == jobs_.size(); }
    std::uint64_t done() const override { return done_; }

  private:
    MapWriter& writer_;
    std::span<const MapJob> jobs_;
    Activity& activity_;
    std::size_t done_ = 0;
};

/// What became of this rank's share.
struct Drawn {
    MapFaults faults;
    std::uint64_t maps = 0;  ///< that were tried
    bool stopped = false;    ///< by a signal; the same on all ranks
};

/// Draws this rank's share. Collective.
Drawn draw_share(const RunContext& context, const Task& task, const MapScan& scan, const std::vector<MapJob>& jobs) {
    const Communicator& communicator = context.communicator;
    const auto share = comm::even_share(jobs.size(), communicator.rank(), communicator.size());
    const std::span own(jobs.begin() + static_cast<std::ptrdiff_t>(share.begin), share.size());
    MapWriter writer(*task.source, scan, task.style);
    Problems problems;
    comm::agree(communicator, [&] {
        problems.collect([&] { require_replaceable(writer.files(own), task.style.output.overwrite); });
    });
    comm::agree_on_problems(communicator, problems);

    MapTask maps(writer, own, context.activity);
    const auto end = cli::run_distributed(maps, {.communicator = communicator,
                                                 .log = context.log,
                                                 .unit = "maps",
                                                 .total = jobs.size(),
                                                 .watchdog = &context.watchdog,
                                                 .timer = &context.timer});
    return {writer.faults(), maps.done(), end == cli::RunEnd::stopped};
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

/// The sheet of figures.sheet, by rank 0. Collective.
ExitCode draw_sheet(const RunContext& context, const Task& task, const MapScan& scan) {
    comm::agree(context.communicator, [&] {
        if (context.communicator.is_root())
            draw_sheet(*task.file, *task.source, scan, task.style, task.sheet, task.selection.images);
    });
    for (const auto& file : sheet_files(task.style)) context.log.info(fmt::format("{} is complete", file.string()));
    return ExitCode::done;
}

}  // namespace

cli::Options map_options(cli::Settings& settings) {
    cli::Options options("semscope-sdm", "draws the score deviation maps of images (MPI)");
    options.add(cli::vocabulary(settings, {cli::Group::labels, cli::Group::figures, cli::Group::output}));
    const data::Geometry& geometry = settings.preprocess.geometry;
    options.use(settings.data.root, settings.data.archive, settings.data.suffix, settings.data.exif, geometry.resize,
                geometry.crop, geometry.interpolation, settings.occlusion.min_pixels, settings.run.stall);
    return options;
}

ExitCode draw_maps(const cli::RunContext& context) {
    const Communicator& communicator = context.communicator;
    const cli::Settings& settings = context.settings;
    const cli::Log& log = context.log;
    const double start = steady_seconds();
    Task task = prepare(context);
    context.timer.enter("scan");
    const auto side = static_cast<std::uint64_t>(settings.preprocess.geometry.crop);
    const auto scan = comm::agree(communicator, [&] {
        return scan_share(*task.file, side * side, communicator, settings.figures.attribution, [&] {
            context.activity.tick();
            cli::check_stop(context, how_to_start_again);
        });
    });
    const auto joined = join_shares(scan, communicator);
    task.style.all = range_of_scenes(joined, task.selection.scenes);
    if (!task.sheet.empty()) return draw_sheet(context, task, joined);
    const auto jobs = plan_maps(joined, task.selection);
    if (!task.file->complete()) log.warning("the occlusion file is not complete; images that are pending get no map");

    context.timer.enter("maps");
    const auto [faults, maps, stopped] = draw_share(context, task, joined, jobs);
    if (communicator.is_root()) tell_undrawn(task, joined, log);
    tell(faults.missing_photos, "panels without photo", communicator, log);
    const auto unreadable = tell(faults.unreadable_maps, "no map without its label map", communicator, log);
    const auto changed = tell(faults.changed_maps, "no map where the label map has changed", communicator, log);
    const auto tried = communicator.sum(maps);
    log.info(fmt::format("{} maps in {:.2f} s are in {}", tried - unreadable - changed, steady_seconds() - start,
                         (task.style.output.folder / "sdm").string()));
    if (stopped) {
        const auto signal = static_cast<int>(communicator.max(std::int64_t{context.watchdog.stop_signal()}));
        log.warning(
            fmt::format("stopped by {} after {} of {} maps; run the same command with output.overwrite to draw "
                        "all of them",
                        signal_name(signal), tried, jobs.size()));
        return ExitCode::stopped;
    }
    if (changed > 0) return ExitCode::bad_input;
    return unreadable > 0 ? ExitCode::some_without_result : ExitCode::done;
}

}  // namespace semscope::postprocess
