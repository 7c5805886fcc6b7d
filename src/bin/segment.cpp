// semscope-segment: label maps from a segmentation network. Options and wiring; the work is in the rooms.
#include "network_file.hpp"
#include "output_check.hpp"
#include "run_report.hpp"
#include "segment_record.hpp"
#include "segment_wiring.hpp"
#include "semscope/app/provenance.hpp"
#include "semscope/app/vocabulary.hpp"
#include "semscope/base/digest.hpp"
#include "semscope/base/output_lock.hpp"
#include "semscope/base/stop_signal.hpp"
#include "semscope/dataset/version.hpp"
#include "semscope/inference/occluder.hpp"
#include "semscope/mpi/agreement.hpp"
#include "semscope/mpi/partition.hpp"
#include "semscope/mpi/progress_board.hpp"
#include "semscope/mpi/version.hpp"
#include "semscope/segmentation/run.hpp"
#include "watched_run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace semscope {
namespace {

using bin::Watch;
using mpi::Communicator;
using segmentation::Batch;
using segmentation::Photo;

app::Options declare_options() {
    app::Options options("semscope-segment", "makes label maps of photos with a segmentation network (MPI)");
    auto specs = app::vocabulary({app::label_options, app::segment_options},
                                 {"data.root", "data.images", "data.scenes", "data.semantics", "data.limit",
                                  "preprocess.mean", "preprocess.std", "run.device", "run.precision", "run.threads",
                                  "run.loaders", "run.stall", "run.break-lock", "output.overwrite"});
    for (app::OptionSpec& spec : specs) spec.required = spec.required || spec.name == "data.root";
    options.add(std::move(specs));
    options.add(bin::dry_run_option());
    return options;
}

/// Everything that is known before the first photo is segmented.
struct Preparation {
    bin::NewFolders folders;           ///< on rank 0; removed after the lock that stands in them
    std::unique_ptr<OutputLock> lock;  ///< on rank 0
    std::optional<wiring::SegmentInputs> inputs;
    wiring::Placement placement;
    segmentation::LabelFiles files;
    bin::SegmentRecord record;  ///< on rank 0
    std::string model_sha256;   ///< of the file as rank 0 has read it, "" when it could not
    bool redo = true;           ///< what is there does not count
    std::vector<Photo> photos;
    std::optional<inference::Segmenter> segmenter;
};

/// How a run that was stopped starts again.
const std::string how_to_start_again = "again";

/// What decides the label maps, as rank 0 records it. The image list is not among it: photos may be added.
bin::SegmentRecord describe_run(const Watch& watch, const Preparation& ready, int argc, char** argv) {
    bin::SegmentRecord record;
    record.configuration = watch.options.resolved();
    record.model_sha256 = ready.model_sha256;
    const wiring::SegmentInputs& inputs = *ready.inputs;
    const std::string mapping = inputs.mapping ? fmt::format("{}", fmt::join(*inputs.mapping, " ")) : "identity";
    const char* device = ready.placement.device.kind == inference::DeviceKind::cpu ? "cpu" : "cuda";
    record.digest =
        sha256_of_text(fmt::format("{}\n{}\n{}\n{}\n{}\n", watch.options.resolved_results_only(), record.model_sha256,
                                   mapping, device, fmt::join(inputs.semantics, "\n")));
    for (const auto& [name, text] : app::provenance(argc, argv)) {
        if (name == "created") record.created = text;
        if (name == "command_line") record.command_line = text;
    }
    return record;
}

/// Rank 0 makes the folder, takes its lock and looks at what is there.
void look_at_output(const Watch& watch, Preparation& ready, Problems& problems, int argc, char** argv) {
    // A network that is missing is reported when it is loaded.
    if (!ready.inputs || !std::filesystem::is_regular_file(watch.options.path("segment.model"))) return;
    const auto model = watch.options.path("segment.model");
    problems.collect([&] {
        ready.model_sha256 = sha256_of_file(model);
        require_sha256(model, ready.model_sha256, wiring::expected_sha256(watch.options, "segment.sha256", ""));
    });
    const auto& root = ready.files.label_root;
    ready.record = describe_run(watch, ready, argc, argv);
    ready.redo = !bin::judge_label_root(watch.options, ready.record, problems);
    if (watch.options.flag("dry-run") || !problems.empty()) return;
    problems.collect([&] {
        ready.folders.make(root);
        ready.lock = std::make_unique<OutputLock>(bin::record_path(root),
                                                  bin::lock_options(watch, bin::record_path(root), how_to_start_again));
        for (const auto& each : {root, ready.files.score_root}) bin::remove_leftovers(each);
    });
}

/// The network is tried with the first photo's size; its labels must be those of the mapping.
void load_network(const Watch& watch, Preparation& ready, Problems& problems) {
    const auto known = std::find_if(ready.photos.begin(), ready.photos.end(),
                                    [](const Photo& photo) { return photo.input.width > 0; });
    const dataset::ImageSize probe = known == ready.photos.end() ? dataset::ImageSize{224, 224} : known->input;
    problems.collect([&] {
        auto network = wiring::segmenter_options(watch.options, ready.placement, probe);
        network.sha256 = wiring::expected_sha256(watch.options, "segment.sha256", ready.model_sha256);
        ready.segmenter.emplace(network);
        if (!ready.inputs) return;
        ready.segmenter->set_mapping(ready.inputs->mapping ? *ready.inputs->mapping
                                                           : dataset::identity_mapping(ready.segmenter->labels(),
                                                                                       ready.inputs->semantics.size()));
    });
}

/// Reads, surveys and loads; collects all that is wrong anywhere and reports it together. Collective.
Preparation prepare(const Watch& watch, int argc, char** argv) {
    const Communicator& communicator = watch.communicator;
    Preparation ready;
    Problems problems;
    mpi::agree(communicator, [&] {
        wiring::check_segment_combinations(watch.options, problems);
        ready.inputs = wiring::read_segment_inputs(watch.options, problems);
        ready.files = wiring::label_files(watch.options);
    });
    ready.placement = wiring::place_rank(watch.options, communicator);
    mpi::agree(communicator, [&] {
        if (communicator.is_root()) look_at_output(watch, ready, problems, argc, argv);
    });
    ready.model_sha256 = communicator.broadcast(ready.model_sha256);
    wiring::log_network(watch.options.path("segment.model"), ready.model_sha256, watch.log);
    if (!watch.options.text("model.sha256").empty() && watch.options.text("segment.sha256").empty())
        watch.log.warning(
            "model.sha256 is of model.path; the file of segment.model is checked with segment.sha256 only");
    ready.redo = communicator.broadcast(ready.redo ? "redo" : "keep") == "redo";
    // Every rank reads the same lists, so either all or none survey; a rank that read others is caught here.
    if (communicator.sum(std::uint64_t{ready.inputs ? 1U : 0U}) == static_cast<std::uint64_t>(communicator.size())) {
        const PhaseScope phase(watch.timer, "survey");
        ready.photos = segmentation::survey(ready.inputs->source, ready.files, ready.redo, communicator,
                                            ready.placement.loaders, problems, [&] {
                                                watch.activity.tick();
                                                bin::check_stop(watch, how_to_start_again);
                                            });
    }
    mpi::agree(communicator, [&] { load_network(watch, ready, problems); });
    mpi::agree_on_problems(communicator, problems);
    return ready;
}

/// Removes the label maps of this rank's share of the list, those of another run among them.
void remove_old(const Preparation& ready, const Communicator& communicator) {
    const auto share = mpi::even_share(ready.photos.size(), communicator.rank(), communicator.size());
    for (std::uint64_t image = share.begin; image < share.end; ++image) {
        const auto path = ready.inputs->source.images.path(image);
        for (const auto& root : {ready.files.label_root, ready.files.score_root}) {
            std::error_code error;
            if (!root.empty()) std::filesystem::remove(dataset::label_map_path(root, path), error);
            if (error) throw IoError(fmt::format("{}: {}", (root / path).string(), error.message()));
        }
    }
}

/// Makes the folder ready and records whose label maps it holds. While old ones are being removed the record says so,
/// so that a job that is killed then leaves nothing that a later one takes for its own. Collective.
void claim_label_root(const Watch& watch, const Preparation& ready) {
    const Communicator& communicator = watch.communicator;
    if (!ready.redo) return;
    const auto record = [&](const std::string& digest) {
        mpi::agree(communicator, [&] {
            bin::SegmentRecord claimed = ready.record;
            claimed.digest = digest;
            if (communicator.is_root()) bin::write_record(ready.files.label_root, claimed);
        });
    };
    record("");
    mpi::agree(communicator, [&] { remove_old(ready, communicator); });
    record(ready.record.digest);
}

/// This rank's batches, from the first to the end or to a stop. Collective.
segmentation::RunReport segment(const Watch& watch, Preparation& ready, std::span<const Batch> own,
                                std::uint64_t pending) {
    const Communicator& communicator = watch.communicator;
    mpi::ProgressBoard board(communicator, 0.5);
    app::Progress progress(watch.log, "photos");
    segmentation::RunReport report;
    std::exception_ptr error;
    try {
        report = segmentation::run(ready.inputs->source, ready.photos, own, *ready.segmenter,
                                   watch.options.flag("segment.flip"), ready.files, ready.placement.loaders,
                                   watch.timer, [&](std::uint64_t done) {
                                       watch.activity.tick();
                                       board.report(done);
                                       if (communicator.is_root()) progress.update(board.total(), pending);
                                       return !watch.overseer.meeting_called();
                                   });
    } catch (...) {
        error = std::current_exception();
        watch.overseer.call_meeting();
    }
    {
        const PhaseScope phase(watch.timer, "idle");
        communicator.barrier();
    }
    board.finish();
    mpi::agree_on(communicator, error);
    return report;
}

ExitCode run(const Watch& watch, int argc, char** argv) {
    const Communicator& communicator = watch.communicator;
    Preparation ready = prepare(watch, argc, argv);
    wiring::log_placement(ready.placement, communicator, watch.log);

    const auto batches =
        segmentation::make_batches(ready.photos, static_cast<std::size_t>(watch.options.integer("segment.batch")));
    const auto bounds = segmentation::share_batches(batches, communicator.size());
    const auto rank = static_cast<std::size_t>(communicator.rank());
    const auto own = std::span(batches).subspan(bounds[rank], bounds[rank + 1] - bounds[rank]);
    const auto pending = static_cast<std::uint64_t>(
        std::count_if(ready.photos.begin(), ready.photos.end(), [](const Photo& photo) { return photo.pending; }));
    watch.log.info(fmt::format("{} photos, {} of them to be segmented in {} batches; {} labels", ready.photos.size(),
                               pending, batches.size(), ready.segmenter->labels()));
    if (watch.options.flag("dry-run")) return ExitCode::done;

    watch.timer.enter("other");
    ready.folders.keep();
    claim_label_root(watch, ready);
    const double run_start = steady_seconds();
    const auto report = segment(watch, ready, own, pending);
    const double run_seconds = communicator.max(steady_seconds() - run_start);
    const auto unreadable = bin::report_unreadable(report.unreadable, "without label map", communicator, watch.log);
    bin::report_run({report.images, report.forwards, report.padding, 0}, unreadable, watch.timer,
                    {watch.process_start, run_seconds}, communicator,
                    ready.files.label_root / "semscope-segment.timing.json");
    const auto done = communicator.sum(report.images);
    if (done < pending) {
        const auto signal = static_cast<int>(communicator.max(std::int64_t{watch.overseer.stop_signal()}));
        watch.log.warning(fmt::format("stopped by {} after {} of {} photos; run the same command again to go on",
                                      signal_name(signal), done, pending));
        return ExitCode::stopped;
    }
    watch.log.info(fmt::format("{} holds the label maps", ready.files.label_root.string()));
    return unreadable > 0 ? ExitCode::some_unreadable : ExitCode::done;
}

}  // namespace
}  // namespace semscope

int main(int argc, char** argv) {
    using namespace semscope;
    return bin::watched_main(
        argc, argv, declare_options(),
        {inference::torch_description(), mpi::library_description(), dataset::library_description()},
        [&](const Watch& watch) { return run(watch, argc, argv); });
}
