#include "semscope/postprocess/scene_job.hpp"

#include "map_plan.hpp"
#include "map_sheet.hpp"
#include "semscope/cli/log.hpp"
#include "semscope/cli/pictures.hpp"
#include "semscope/cli/vocabulary.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/comm/partition.hpp"
#include "semscope/figures/scene_figure.hpp"
#include "semscope/postprocess/map_source.hpp"
#include "semscope/postprocess/scene_charts.hpp"
#include "semscope/postprocess/selection.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>

namespace semscope::postprocess {
namespace {

using comm::Communicator;
using results::OcclusionReader;

/// What every rank has read before the work is shared.
struct Input {
    SceneTask scenes;
    std::unique_ptr<OcclusionReader> occlusion;
    std::unique_ptr<MapSource> source;
    std::optional<SceneCharts> charts;
    std::optional<figures::Palette> palette;
    std::optional<figures::ValueRange> range;  ///< of all box plots, for a common axis
    std::string suffix;                        ///< of the names of the figures
};

/// Collective.
Input prepare(cli::Options& options, const cli::Settings& settings, const Communicator& communicator) {
    Input input;
    input.suffix = suffix_of(settings.figures.attribution);
    Problems problems;
    comm::agree(communicator, [&] {
        const std::string path = settings.output.occlusion.string();
        problems.collect([&] { input.scenes = prepare_scenes(settings); });
        problems.collect([&] { input.occlusion = std::make_unique<OcclusionReader>(settings.output.occlusion); });
        if (!input.occlusion) return;
        problems.collect([&] { require_attribution(*input.occlusion, settings); });
        problems.collect([&] {
            options.adopt(input.occlusion->attribute("configuration"), path);
            if (settings.data.root.empty())
                throw UsageError(path + " does not say where its photos are; set data.root");
        });
        problems.collect([&] { input.palette = selected_palette(settings.figures, input.occlusion->semantics()); });
        if (input.scenes.file) problems.collect([&] { input.charts.emplace(*input.scenes.file, settings.figures); });
    });
    comm::agree_on_problems(communicator, problems);
    const cli::Log log(communicator.is_root());
    const cli::Archives archives =
        cli::open_archives(settings, settings.output.occlusion.parent_path(), communicator, log);
    comm::agree(communicator, [&] {
        input.source = std::make_unique<MapSource>(
            *input.occlusion, MapPlaces{cli::photos_of(settings, archives),
                                        cli::label_maps_of(settings, input.occlusion->semantic_names(), archives),
                                        settings.preprocess.geometry, settings.occlusion.min_pixels,
                                        settings.figures.area, settings.figures.attribution});
        if (settings.figures.axis == BoxAxis::common) input.range = input.charts->common_range();
    });
    return input;
}

std::string percent(std::uint32_t part, std::uint32_t all) {
    return all == 0 ? "" : fmt::format(" ({:.1f} %)", 100.0 * part / all);
}

/// Photos, charts and cloud of a scene; nothing where no image is recognised. `faults`: photos that cannot be read.
std::optional<figures::SceneFigure> figure_of(const Input& input, const cli::Settings& settings, const MapScan& scan,
                                              std::uint64_t scene, std::vector<std::string>& faults) {
    const results::StatisticsReader& file = *input.scenes.file;
    const results::Range range{scene, scene + 1};
    const std::uint32_t images = file.scene_images(range)[0], recognised = file.scene_top(1, range)[0];
    if (recognised == 0) return std::nullopt;
    const Attribution attribution = settings.figures.attribution;
    figures::SceneFigure figure;
    figure.scene = input.charts->scenes()[scene];
    figure.subtitle = fmt::format("{} images, {} recognised{}", images, recognised, percent(recognised, images));
    figure.font = settings.figures.font;
    if (settings.figures.width) figure.width = *settings.figures.width;
    for (const std::uint64_t image :
         typical_images(*input.occlusion, scan, scene, settings.figures.photos, attribution)) {
        const std::string path = input.source->path(image);
        std::string fault;
        auto photo = input.source->photo(path, fault);
        const float p = input.occlusion->image_probabilities({image, image + 1})[scene];
        if (photo)
            figure.photos.push_back(
                {std::move(*photo), fmt::format("{}, p = {:.3f}", std::filesystem::path(path).filename().string(), p)});
        else
            faults.push_back(fault);
    }
    auto plot = input.charts->box_plot(scene);
    plot.scene =
        attribution == Attribution::shapley ? "Shapley values" : "Score deviations";  // the figure has the name
    plot.range = input.range;
    if (!plot.boxes.empty()) figure.box_plot = figures::draw_box_plot(std::move(plot));
    const auto words = figures::cloud_weights(cloud_values(file, scene, settings.figures.set, attribution),
                                              file.semantic_names(), settings.figures.percentile);
    cli::FigureSettings cloud = settings.figures;
    cloud.width.reset();  // that of the whole figure
    if (!words.empty())
        figure.word_cloud = figures::draw_word_cloud(
            figures::lay_out_cloud(figure.scene, words, *input.palette, cloud_options_of(cloud)));
    return figure;
}

std::filesystem::path base_of(const Input& input, std::uint64_t scene) {
    return input.scenes.output.folder / "scene" / (file_name_of(input.charts->scenes()[scene]) + input.suffix);
}

/// The lines of all ranks. Collective.
std::vector<std::string> gather_lines(const std::vector<std::string>& own, const Communicator& communicator) {
    std::vector<std::string> all;
    for (auto& part : communicator.gather(own)) all.insert(all.end(), part.begin(), part.end());
    return all;
}

}  // namespace

cli::Options scene_options(cli::Settings& settings) {
    cli::Options options("semscope-scene", "shows each scene in one figure: photos, box plot and word cloud (MPI)");
    options.add(cli::vocabulary(settings, {cli::Group::labels, cli::Group::figures, cli::Group::output}));
    const data::Geometry& geometry = settings.preprocess.geometry;
    options.use(settings.data.root, settings.data.archive, settings.data.suffix, settings.data.exif, geometry.resize,
                geometry.crop, geometry.interpolation, settings.occlusion.min_pixels);
    return options;
}

ExitCode draw_scenes(cli::Options& options, const cli::Settings& settings, const Communicator& communicator) {
    const cli::Log log(communicator.is_root());
    const Input input = prepare(options, settings, communicator);
    const auto side = static_cast<std::uint64_t>(settings.preprocess.geometry.crop);
    const auto scan = join_shares(
        comm::agree(
            communicator,
            [&] { return scan_share(*input.occlusion, side * side, communicator, settings.figures.attribution); }),
        communicator);
    const auto& scenes = input.scenes.scenes;
    const auto share = comm::even_share(scenes.size(), communicator.rank(), communicator.size());
    std::vector<std::string> undrawn, faults;
    comm::agree(communicator, [&] {
        std::vector<std::filesystem::path> files;
        for (std::uint64_t i = share.begin; i < share.end; ++i)
            for (const auto format : input.scenes.formats)
                files.push_back(with_format(base_of(input, scenes[i]), format));
        require_replaceable(files, input.scenes.output.overwrite);
    });
    comm::agree(communicator, [&] {
        for (std::uint64_t i = share.begin; i < share.end; ++i) {
            auto figure = figure_of(input, settings, scan, scenes[i], faults);
            if (!figure) {
                undrawn.push_back(input.charts->scenes()[scenes[i]]);
                continue;
            }
            save_all(figures::draw_scene_figure(std::move(*figure)), base_of(input, scenes[i]), input.scenes.formats,
                     input.scenes.output);
        }
    });
    Undrawn none;
    for (const std::string& name : gather_lines(undrawn, communicator))
        none.add("no figure without correct predictions", name);
    none.tell(log);
    const auto missing = gather_lines(faults, communicator);
    if (!missing.empty())
        log.warning(fmt::format("figures without some photos: {}, the first: {}", missing.size(), missing.front()));
    const auto drawn = communicator.sum(std::uint64_t{share.size() - undrawn.size()});
    log.info(fmt::format("{} figures are in {}", drawn, (input.scenes.output.folder / "scene").string()));
    return ExitCode::done;
}

}  // namespace semscope::postprocess
