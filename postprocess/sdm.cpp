// semscope-sdm: score deviation maps and panels of the images, shared among the ranks. Options and wiring.
#include "image_names.hpp"
#include "map_plan.hpp"
#include "map_writer.hpp"
#include "mpi_main.hpp"
#include "picture_wiring.hpp"
#include "selection.hpp"
#include "semscope/app/log.hpp"
#include "semscope/app/vocabulary.hpp"
#include "semscope/base/timing.hpp"
#include "semscope/hdf5/version.hpp"
#include "semscope/mpi/agreement.hpp"
#include "semscope/mpi/partition.hpp"
#include "semscope/mpi/progress_board.hpp"
#include "semscope/mpi/version.hpp"
#include "source_files.hpp"
#include "undrawn.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

namespace semscope {
namespace {

namespace post = postprocess;
using mpi::Communicator;
using results::OcclusionReader;

app::Options declare_options() {
    app::Options options("semscope-sdm", "draws the score deviation maps of images (MPI)");
    options.add(app::vocabulary({app::figure_options, app::output_options},
                                {"data.root", "labels.root", "labels.channel", "labels.offset", "labels.unlabelled",
                                 "preprocess.resize", "preprocess.crop", "occlusion.min-pixels"}));
    return options;
}

/// What every rank knows before the work is shared.
struct Task {
    std::unique_ptr<OcclusionReader> file;
    std::unique_ptr<post::MapSource> source;
    post::MapStyle style;
    post::MapSelection selection;
};

/// Opens the input and checks all options. The run's own configuration, recorded in the file, says where the data are
/// and how they were read. Collective.
Task prepare(app::Options& options, const Communicator& communicator) {
    Task task;
    Problems problems;
    mpi::agree(communicator, [&] {
        problems.collect([&] { task.file = std::make_unique<OcclusionReader>(post::open_occlusion(options)); });
        problems.collect([&] { task.style.output = post::prepare_output(options); });
        problems.collect([&] { task.style.formats = post::selected_formats(options, {figure::Format::png}); });
        task.style.scale = figure::map_scale_of(options.text("figures.scale"));
        task.selection.limit = static_cast<std::uint64_t>(options.integer("figures.limit"));
        if (!task.file) return;
        problems.collect([&] {
            const auto path = options.path("output.occlusion").string();
            options.adopt(task.file->attribute("configuration"), path);
            if (options.path("data.root").empty())
                throw UsageError(path + " does not say where its photos are; set data.root");
        });
        problems.collect([&] { task.selection.scenes = post::selected_scenes(options, task.file->scene_names()); });
        problems.collect([&] {
            task.style.names = std::make_shared<post::ImageNames>(*task.file);
            task.selection.images = task.style.names->find(post::split_list(options.text("figures.image")));
        });
    });
    mpi::agree_on_problems(communicator, problems);
    task.source = std::make_unique<post::MapSource>(
        *task.file, post::MapPlaces{options.path("data.root"), options.path("labels.root"),
                                    wiring::label_coding(options), wiring::geometry(options),
                                    static_cast<std::uint32_t>(options.integer("occlusion.min-pixels"))});
    return task;
}

/// Draws this rank's share. Returns what could not be drawn. Collective.
post::MapFaults draw_share(const Task& task, const post::MapScan& scan, const std::vector<post::MapJob>& jobs,
                           const Communicator& communicator, const app::Log& log) {
    const auto share = mpi::even_share(jobs.size(), communicator.rank(), communicator.size());
    const std::span own(jobs.begin() + static_cast<std::ptrdiff_t>(share.begin), share.size());
    post::MapWriter writer(*task.source, scan, task.style);
    Problems problems;
    mpi::agree(communicator, [&] {
        problems.collect([&] { post::require_replaceable(writer.files(own), task.style.output.overwrite); });
    });
    mpi::agree_on_problems(communicator, problems);

    mpi::ProgressBoard board(communicator, 0.5);
    app::Progress progress(log, "maps");
    std::exception_ptr error;
    try {
        for (std::size_t i = 0; i < own.size(); ++i) {
            writer.draw(own[i]);
            board.report(i + 1);
            if (communicator.is_root()) progress.update(board.total(), jobs.size());
        }
    } catch (...) {
        error = std::current_exception();
    }
    board.finish();
    mpi::agree_on(communicator, error);
    if (communicator.is_root()) progress.update(jobs.size(), jobs.size());
    return writer.faults();
}

/// The lines of all ranks, on rank 0's log. Collective. Returns their number.
std::uint64_t tell(const std::vector<std::string>& own, const std::string& what, const Communicator& communicator,
                   const app::Log& log) {
    const std::uint64_t count = communicator.sum(std::uint64_t{own.size()});
    std::string lines;
    for (const std::string& part : communicator.gather(fmt::format("{}", fmt::join(own, "\n"))))
        if (!part.empty()) lines += "\n" + part;
    if (count > 0) log.warning(fmt::format("{}: {}{}", what, count, lines));
    return count;
}

void tell_undrawn(const Task& task, const post::MapScan& scan, const app::Log& log) {
    post::Undrawn undrawn;
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

ExitCode run(app::Options options, const Communicator& communicator) {
    const app::Log log(communicator.is_root());
    const double start = steady_seconds();
    const Task task = prepare(options, communicator);
    const auto side = static_cast<std::uint64_t>(options.integer("preprocess.crop"));
    const auto scan = mpi::agree(communicator, [&] { return post::scan_share(*task.file, side * side, communicator); });
    const auto joined = post::join_shares(scan, communicator);
    const auto jobs = post::plan_maps(joined, task.selection);
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

}  // namespace
}  // namespace semscope

int main(int argc, char** argv) {
    return semscope::bin::mpi_main(argc, argv, semscope::declare_options(),
                                   {semscope::mpi::library_description(), semscope::hdf5::library_description()},
                                   semscope::run);
}
