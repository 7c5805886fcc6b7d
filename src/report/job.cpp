#include "semscope/report/job.hpp"

#include "folder.hpp"
#include "image_data.hpp"
#include "overview_data.hpp"
#include "pages.hpp"
#include "scene_data.hpp"
#include "semscope/cli/distributed_run.hpp"
#include "semscope/cli/log.hpp"
#include "semscope/cli/pictures.hpp"
#include "semscope/cli/vocabulary.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/comm/partition.hpp"
#include "semscope/comparison/comparable.hpp"
#include "semscope/core/timing.hpp"
#include "semscope/figures/text.hpp"
#include "semscope/postprocess/selection.hpp"
#include "semscope/results/result_file.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>

namespace semscope::report {
namespace {

using comm::Communicator;
using results::OcclusionReader;

/// What every rank has read before the work is shared.
struct Input {
    Run run;
    std::unique_ptr<results::StatisticsReader> statistics;
    std::optional<Comparison> other;
    std::vector<SceneGalleries> galleries;
    std::vector<std::uint64_t> images;  ///< that the report shows, ascending
};

std::filesystem::path place_of(const cli::Settings& settings) {
    const auto& path = settings.output.report;
    return path.has_filename() ? path : path.parent_path();
}

/// The options that say where the photos of a run are and how they were read.
void use_source_options(cli::Options& options, const cli::Settings& settings) {
    options.use(settings.data.root, settings.data.archive, settings.data.suffix, settings.data.exif,
                settings.preprocess.geometry.resize, settings.preprocess.geometry.crop,
                settings.preprocess.geometry.interpolation, settings.occlusion.min_pixels, settings.occlusion.fill,
                settings.occlusion.mode, settings.model.path);
}

/// The photos and label maps of a run. `path`: its occlusion file, beside which the index of archives is kept.
/// Collective.
std::unique_ptr<postprocess::MapSource> open_source(const OcclusionReader& file, const cli::Settings& settings,
                                                    const std::filesystem::path& path,
                                                    const Communicator& communicator) {
    const cli::Log log(communicator.is_root());
    const cli::Archives archives = cli::open_archives(settings, path.parent_path(), communicator, log);
    return comm::agree(communicator, [&] {
        return std::make_unique<postprocess::MapSource>(
            file, postprocess::MapPlaces{cli::photos_of(settings, archives),
                                         cli::label_maps_of(settings, file.semantic_names(), archives),
                                         settings.preprocess.geometry, settings.occlusion.min_pixels});
    });
}

/// What keeps the second run from being compared with the first.
void require_comparable(const comparison::NamedFile& first, const comparison::NamedFile& second,
                        const data::Geometry& one, const data::Geometry& other) {
    Problems problems;
    comparison::check_tables(first, second, problems);
    if (one.crop != other.crop || one.resize != other.resize)
        problems.add(fmt::format(
            "report.against: {} was made with preprocess.resize = {} and preprocess.crop = {}, the "
            "first run with {} and {}",
            second.path.string(), data::to_string(other.resize), other.crop, data::to_string(one.resize), one.crop));
    problems.throw_if_any();
}

/// Opens the second run and reads the configuration that it records into `recorded`. Local.
Comparison open_comparison(const cli::Settings& settings, const OcclusionReader& first, cli::Settings& recorded) {
    const auto& path = settings.report.against;
    Comparison other;
    other.run.file = std::make_unique<OcclusionReader>(path);
    cli::Options options = report_options(recorded);
    options.adopt(other.run.file->attribute("configuration"), path.string());
    require_comparable({first, settings.output.occlusion}, {*other.run.file, path}, settings.preprocess.geometry,
                       recorded.preprocess.geometry);
    return other;
}

/// Opens the files and checks all options. Collective.
Input prepare(cli::Options& options, const cli::Settings& settings, const Communicator& communicator) {
    Input input;
    cli::Settings other;  // of the second run
    Problems problems;
    comm::agree(communicator, [&] {
        const auto& output = settings.output;
        problems.collect([&] { Folder::require_free(place_of(settings), output.overwrite); });
        problems.collect([&] {
            if (const auto installed = figures::installed_family(settings.figures.font);
                installed != settings.figures.font)
                throw UsageError(fmt::format("figures.font: \"{}\" is not installed; the nearest family is \"{}\"",
                                             settings.figures.font, installed));
        });
        problems.collect(
            [&] { input.run.file = std::make_unique<OcclusionReader>(postprocess::open_occlusion(output)); });
        problems.collect([&] { input.statistics = std::make_unique<results::StatisticsReader>(output.statistics); });
        if (!input.run.file) return;
        problems.collect([&] { (void)postprocess::selected_palette(settings.figures, input.run.file->semantics()); });
        problems.collect([&] { options.adopt(input.run.file->attribute("configuration"), output.occlusion.string()); });
        if (!settings.report.against.empty())
            problems.collect([&] { input.other = open_comparison(settings, *input.run.file, other); });
    });
    comm::agree_on_problems(communicator, problems);
    input.run.source = open_source(*input.run.file, settings, settings.output.occlusion, communicator);
    if (input.other)
        input.other->run.source = open_source(*input.other->run.file, other, settings.report.against, communicator);
    return input;
}

/// Reads what was predicted, and chooses the images. Collective.
void survey(Input& input, const cli::Settings& settings, const Communicator& communicator) {
    input.run.predictions = read_predictions(*input.run.file, communicator);
    if (input.other) {
        input.other->run.predictions = read_predictions(*input.other->run.file, communicator);
        input.other->match = match_images(*input.run.file, *input.other->run.file, communicator);
    }
    input.galleries = choose_galleries(input.run.predictions, input.run.file->scenes(), settings.report.images);
    input.images = images_of(input.galleries);
}

/// Images and scenes of one rank, a step each.
class ReportTask : public cli::RankTask {
  public:
    ReportTask(const Input& input, const cli::Settings& settings, const Folder& folder,
               const Communicator& communicator)
        : input_(input),
          folder_(folder),
          images_(input.run, input.other ? &*input.other : nullptr),
          scenes_(*input.statistics, settings.figures, input.run, input.galleries),
          next_image_(comm::even_share(input.images.size(), communicator.rank(), communicator.size())),
          next_scene_(static_cast<std::uint64_t>(communicator.rank())),
          ranks_(static_cast<std::uint64_t>(communicator.size())) {}

    bool do_step() override {
        if (finished()) return false;
        if (!next_image_.empty()) {
            const std::uint64_t image = input_.images[next_image_.begin++];
            folder_.write_data(image_key(image), images_.describe(image));
        } else {
            folder_.write_data(fmt::format("scene/{}", next_scene_), scenes_.describe(next_scene_));
            next_scene_ += ranks_;
        }
        ++done_;
        return true;
    }
    bool finished() const override { return next_image_.empty() && next_scene_ >= input_.galleries.size(); }
    std::uint64_t done() const override { return done_; }
    const ImageData& images() const { return images_; }

  private:
    /// A thousand images a folder.
    static std::string image_key(std::uint64_t image) { return fmt::format("image/{}/{}", image / 1000, image); }

    const Input& input_;
    const Folder& folder_;
    ImageData images_;
    SceneData scenes_;
    results::Range next_image_;
    std::uint64_t next_scene_;
    std::uint64_t ranks_;
    std::uint64_t done_ = 0;
};

/// The lists of all ranks, in rank order, on rank 0. Collective.
template <class T>
std::vector<T> gather_all(const std::vector<T>& own, const Communicator& communicator) {
    std::vector<T> all;
    for (auto& part : communicator.gather(own)) all.insert(all.end(), part.begin(), part.end());
    return all;
}

/// Writes what is there once: the pages, the overview, the index of the images and the comparison. Local, rank 0.
void write_overview(const Input& input, const OverviewSource& source, const std::vector<Difference>& differences,
                    const Folder& folder) {
    for (const Page& page : pages()) folder.write(page.name, page.text);
    folder.write_data("overview", describe_overview(source));
    folder.write_data("images", describe_images(input.run, input.images));
    if (source.other != nullptr)
        folder.write_data("comparison", describe_comparison(source, input.images, differences));
}

void warn(const cli::Log& log, const std::string& what, const std::vector<std::string>& faults) {
    if (!faults.empty()) log.warning(fmt::format("{}: {}, the first: {}", what, faults.size(), faults.front()));
}

/// Makes the folder under another name. Collective. Returns the exit code.
ExitCode fill_folder(const Input& input, const cli::Settings& settings, const Folder& folder,
                     const Communicator& communicator, const cli::Log& log) {
    auto task =
        comm::agree(communicator, [&] { return std::make_unique<ReportTask>(input, settings, folder, communicator); });
    (void)cli::run_distributed(*task, {.communicator = communicator,
                                       .log = log,
                                       .unit = "images and scenes",
                                       .total = input.images.size() + input.galleries.size()});
    const auto photos = gather_all(task->images().faults().missing_photos, communicator);
    auto labels = gather_all(task->images().faults().unreadable_maps, communicator);
    const auto changed = gather_all(task->images().faults().changed_maps, communicator);
    warn(log, "photos that cannot be read", photos);
    warn(log, "label maps that cannot be read", labels);
    warn(log, "label maps that have changed", changed);
    const auto differences = gather_all(task->images().differences(), communicator);
    const bool any_labels = communicator.any_of(!labels.empty()), any_changed = communicator.any_of(!changed.empty());
    labels.insert(labels.end(), changed.begin(), changed.end());
    comm::agree(communicator, [&] {
        if (!communicator.is_root()) return;
        const Comparison* other = input.other ? &*input.other : nullptr;
        const OverviewSource source{*input.statistics,   settings, input.run,        other, input.galleries,
                                    input.images.size(), photos,   std::move(labels)};
        write_overview(input, source, differences, folder);
    });
    return any_changed ? ExitCode::bad_input : any_labels ? ExitCode::some_without_result : ExitCode::done;
}

}  // namespace

cli::Options report_options(cli::Settings& settings) {
    cli::Options options("semscope-report", "writes pages that show all results, to be opened in a browser (MPI)");
    options.add(cli::vocabulary(settings, {cli::Group::labels, cli::Group::report, cli::Group::output}));
    options.use(settings.figures.order, settings.figures.axis, settings.figures.share, settings.figures.width,
                settings.figures.height, settings.figures.seed, settings.figures.font, settings.figures.palette,
                settings.figures.relative_scaling, settings.figures.percentile, settings.figures.words);
    use_source_options(options, settings);
    return options;
}

ExitCode make_report(cli::Options& options, const cli::Settings& settings, const Communicator& communicator) {
    const cli::Log log(communicator.is_root());
    const double start = steady_seconds();
    Input input = prepare(options, settings, communicator);
    survey(input, settings, communicator);
    if (!input.run.file->complete())
        log.warning("the occlusion file is not complete; images that are pending are not shown");
    const auto place = place_of(settings);
    const Folder folder(place, communicator.broadcast(results::creation_suffix()));
    try {
        const ExitCode code = fill_folder(input, settings, folder, communicator, log);
        comm::agree(communicator, [&] {
            if (communicator.is_root()) folder.publish(settings.output.overwrite);
        });
        log.info(fmt::format("{} images and {} scenes in {:.2f} s; open {}", input.images.size(),
                             input.galleries.size(), steady_seconds() - start, (place / "index.html").string()));
        return code;
    } catch (const comm::AgreedError&) {
        if (communicator.is_root()) folder.discard();
        throw;
    }
}

}  // namespace semscope::report
