#include "semscope/segmentation/segment.hpp"

#include "segment_inputs.hpp"
#include "semscope/cli/pictures.hpp"
#include "semscope/cli/program_main.hpp"
#include "semscope/cli/run_report.hpp"
#include "semscope/cli/vocabulary.hpp"
#include "semscope/cli/watched_run.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/comm/partition.hpp"
#include "semscope/job/output_lock.hpp"
#include "semscope/job/stop_signal.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace semscope::segmentation {
namespace {

using cli::RunContext;
using comm::Communicator;

/// Everything that is known before the first photo is segmented.
struct Preparation {
    cli::NewFolders folders;           ///< on rank 0; removed after the lock that stands in them
    std::unique_ptr<OutputLock> lock;  ///< on rank 0
    cli::Archives archives;
    std::optional<segmentation::SegmentInputs> inputs;
    network::Placement placement;
    segmentation::LabelFiles files;
    segmentation::SegmentRecord record;  ///< on rank 0
    std::string model_sha256;            ///< of the file as rank 0 has read it, "" when it could not
    bool redo = true;                    ///< what is there does not count
    std::vector<Photo> photos;
    std::optional<network::Segmenter> segmenter;
};

/// How a run that was stopped starts again.
const std::string how_to_start_again = "again";

/// What decides the label maps, as rank 0 records it. The image list is not among it: photos may be added.
segmentation::SegmentRecord describe_run(const RunContext& context, const Preparation& ready) {
    segmentation::SegmentRecord record;
    record.configuration = context.options.resolved();
    record.model_sha256 = ready.model_sha256;
    const segmentation::SegmentInputs& inputs = *ready.inputs;
    const std::string mapping = inputs.mapping ? fmt::format("{}", fmt::join(*inputs.mapping, " ")) : "identity";
    const char* device = ready.placement.device.kind == network::DeviceKind::cpu ? "cpu" : "cuda";
    record.digest =
        sha256_of_text(fmt::format("{}\n{}\n{}\n{}\n{}\n", context.options.resolved_results_only(), record.model_sha256,
                                   mapping, device, fmt::join(inputs.semantics, "\n")));
    for (const auto& [name, text] : cli::provenance(context.options.command_line())) {
        if (name == "created") record.created = text;
        if (name == "command_line") record.command_line = text;
    }
    return record;
}

/// The network with the first photo of the list that can be read, without one where there is none.
network::SegmenterOptions network_of_trial(const cli::Settings& settings, const Preparation& ready) {
    const data::Image photo = ready.inputs ? first_photo(ready.inputs->source) : data::Image();
    const data::ImageSize usual{224, 224};
    auto network = segmenter_options(settings, ready.placement, photo.pixels.empty() ? usual : photo.size);
    network.photo = photo;
    network.sha256 = cli::expected_sha256("segment.sha256", settings.segment.sha256, ready.model_sha256);
    return network;
}

/// Replaces segment.output = auto by what rank 0 finds. When the network does not work, logits are taken and its own
/// check tells what is wrong. Collective.
void settle_output(const RunContext& context, const Preparation& ready) {
    const cli::Settings& settings = context.settings;
    if (settings.segment.output != ModelOutput::automatic) return;
    ModelOutput output = ModelOutput::logits;
    if (context.communicator.is_root()) try {
            output = network::Segmenter(network_of_trial(settings, ready)).output();
        } catch (const std::exception&) {
        }
    context.options.settle(settings.segment.output, context.communicator.broadcast(output));
    context.log.info(fmt::format("segment.output = auto: the network gives {}", name_of(settings.segment.output)));
}

/// Rank 0 makes the folder, takes its lock and looks at what is there.
void look_at_output(const RunContext& context, Preparation& ready, Problems& problems) {
    const cli::SegmentSettings& segment = context.settings.segment;
    // A network that is missing is reported when it is loaded.
    if (!ready.inputs || !std::filesystem::is_regular_file(segment.model)) return;
    problems.collect([&] {
        ready.model_sha256 = sha256_of_file(segment.model);
        require_sha256(segment.model, ready.model_sha256, cli::expected_sha256("segment.sha256", segment.sha256, ""));
    });
    const auto& root = ready.files.label_root;
    ready.record = describe_run(context, ready);
    ready.redo = !segmentation::examine_label_root(context.options, context.settings, ready.record, problems);
    if (context.settings.dry_run || !problems.empty()) return;
    problems.collect([&] {
        ready.folders.make(root);
        ready.lock = std::make_unique<OutputLock>(
            segmentation::record_path(root),
            cli::lock_options(context, segmentation::record_path(root), how_to_start_again));
        for (const auto& each : {root, ready.files.score_root}) segmentation::remove_leftovers(each);
    });
}

/// The network is tried with the first photo that can be read; its labels must be those of the mapping.
void load_network(const RunContext& context, Preparation& ready, Problems& problems) {
    problems.collect([&] {
        ready.segmenter.emplace(network_of_trial(context.settings, ready));
        if (!ready.inputs) return;
        ready.segmenter->set_mapping(
            ready.inputs->mapping ? *ready.inputs->mapping
                                  : data::identity_mapping(ready.segmenter->labels(), ready.inputs->semantics.size()));
    });
}

/// Reads, surveys and loads; collects all that is wrong anywhere and reports it together. Collective.
Preparation prepare(const RunContext& context) {
    const cli::Settings& settings = context.settings;
    const Communicator& communicator = context.communicator;
    Preparation ready;
    Problems problems;
    // Their indices are written once the folder is claimed: what is in another's folder is not touched.
    const auto index_files = settings.labels.root / segmentation::index_prefix;
    ready.archives = cli::find_archives(settings, index_files, communicator, context.log, [&] {
        context.activity.tick();
        cli::check_stop(context, how_to_start_again);
    });
    comm::agree(communicator, [&] {
        segmentation::check_segment_combinations(settings, problems);
        ready.inputs = segmentation::read_segment_inputs(settings, ready.archives, problems);
        ready.files =
            segmentation::label_files(settings, data::label_bits(ready.inputs ? ready.inputs->semantics.size() : 0));
    });
    comm::keep_same_inputs(communicator, ready.inputs,
                           [&](const auto& inputs) { return segmentation::input_digests(settings, inputs); });
    ready.placement = network::place_rank(settings.run, communicator);
    settle_output(context, ready);
    comm::agree(communicator, [&] {
        if (communicator.is_root()) look_at_output(context, ready, problems);
    });
    ready.model_sha256 = communicator.broadcast(ready.model_sha256);
    cli::log_network(settings.segment.model, ready.model_sha256, context.log);
    if (!settings.model.sha256.empty() && settings.segment.sha256.empty())
        context.log.warning(
            "model.sha256 is of model.path; the file of segment.model is checked with segment.sha256 only");
    ready.redo = communicator.broadcast(ready.redo);
    if (ready.inputs) {
        const PhaseScope phase(context.timer, "survey");
        ready.photos = segmentation::survey(ready.inputs->source, ready.files, ready.redo, communicator,
                                            ready.placement.loaders, problems, [&] {
                                                context.activity.tick();
                                                cli::check_stop(context, how_to_start_again);
                                            });
    }
    comm::agree(communicator, [&] { load_network(context, ready, problems); });
    if (ready.segmenter) network::log_remarks(ready.segmenter->remarks(), context.log);
    comm::agree_on_problems(communicator, problems);
    return ready;
}

/// Removes the label maps of this rank's share of the list, those of another run among them.
void remove_old(const Preparation& ready, const Communicator& communicator) {
    const auto share = comm::even_share(ready.photos.size(), communicator.rank(), communicator.size());
    for (std::uint64_t image = share.begin; image < share.end; ++image) {
        const auto path = ready.inputs->source.images.path(image);
        for (const auto& root : {ready.files.label_root, ready.files.score_root}) {
            std::error_code error;
            if (!root.empty()) std::filesystem::remove(data::label_map_path(root, path, ready.files.naming), error);
            if (error) throw IoError(fmt::format("{}: {}", (root / path).string(), error.message()));
        }
    }
}

/// Makes the folder ready and records whose label maps it holds. While old ones are being removed the record says so,
/// so that a job that is killed then leaves nothing that a later one takes for its own. Collective.
void claim_label_root(const RunContext& context, const Preparation& ready) {
    const Communicator& communicator = context.communicator;
    if (!ready.redo) return;
    const auto record = [&](const std::string& digest) {
        comm::agree(communicator, [&] {
            segmentation::SegmentRecord claimed = ready.record;
            claimed.digest = digest;
            if (communicator.is_root()) segmentation::write_record(ready.files.label_root, claimed);
        });
    };
    bool has_old = false;
    comm::agree(communicator, [&] {
        if (communicator.is_root()) has_old = std::filesystem::exists(record_path(ready.files.label_root));
    });
    if (communicator.broadcast(has_old)) {
        record("");
        comm::agree(communicator, [&] { remove_old(ready, communicator); });
    }
    record(ready.record.digest);
}

}  // namespace

cli::Options job_options(cli::Settings& settings) {
    cli::Options options("semscope-segment", "makes label maps of photos with a segmentation network (MPI)");
    options.add(cli::vocabulary(settings, {cli::Group::data, cli::Group::labels, cli::Group::segment}));
    const cli::InputColours& colours = settings.preprocess.colours;
    options.use(colours.mean, colours.std, colours.scale, colours.channels, settings.preprocess.geometry.interpolation,
                settings.output.overwrite);
    const cli::RunSettings& run = settings.run;
    options.use(run.device, run.precision, run.threads, run.loaders, run.stall, run.break_lock);
    options.add(cli::dry_run_option(settings));
    return options;
}

ExitCode run_job(const cli::RunContext& context) {
    const Communicator& communicator = context.communicator;
    Preparation ready = prepare(context);
    network::log_placement(ready.placement, communicator, context.log);

    const auto batches = segmentation::make_batches(ready.photos, context.settings.segment.batch);
    const auto bounds = segmentation::share_batches(batches, communicator.size());
    const auto rank = static_cast<std::size_t>(communicator.rank());
    const auto own = std::span(batches).subspan(bounds[rank], bounds[rank + 1] - bounds[rank]);
    const auto pending = static_cast<std::uint64_t>(
        std::count_if(ready.photos.begin(), ready.photos.end(), [](const Photo& photo) { return photo.pending; }));
    context.log.info(fmt::format("{} photos, {} of them to be segmented in {} batches; {} labels", ready.photos.size(),
                                 pending, batches.size(), ready.segmenter->labels()));
    if (context.settings.dry_run) return ExitCode::done;

    context.timer.enter("other");
    ready.folders.keep();
    claim_label_root(context, ready);
    cli::keep_indices(ready.archives, context.log);
    const double run_start = steady_seconds();
    const RunReport report = run({.source = ready.inputs->source,
                                  .photos = ready.photos,
                                  .batches = own,
                                  .pending = pending,
                                  .segmenter = *ready.segmenter,
                                  .flip = context.settings.segment.flip,
                                  .files = ready.files,
                                  .loaders = ready.placement.loaders,
                                  .communicator = communicator,
                                  .watchdog = context.watchdog,
                                  .timer = context.timer,
                                  .log = context.log});
    const double run_seconds = communicator.max(steady_seconds() - run_start);
    const auto unreadable =
        cli::report_images(report.unreadable, "unreadable images, without label map", communicator, context.log);
    cli::report_run({.images = report.images,
                     .unreadable = report.unreadable.size(),
                     .forwards = report.forwards,
                     .padding = report.padding,
                     .peak_device_memory = network::peak_device_memory(ready.placement.device)},
                    context.timer, {context.process_start, run_seconds}, communicator,
                    ready.files.label_root / "semscope-segment.timing.json");
    if (report.stopped) {
        const auto done = communicator.sum(report.images);
        const auto signal = static_cast<int>(communicator.max(std::int64_t{context.watchdog.stop_signal()}));
        context.log.warning(fmt::format("stopped by {} after {} of {} photos; run the same command again to go on",
                                        signal_name(signal), done, pending));
        return ExitCode::stopped;
    }
    context.log.info(fmt::format("{} holds the label maps", ready.files.label_root.string()));
    return unreadable > 0 ? ExitCode::some_without_result : ExitCode::done;
}

}  // namespace semscope::segmentation
