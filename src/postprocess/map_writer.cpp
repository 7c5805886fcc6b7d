#include "map_writer.hpp"

#include "semscope/core/files.hpp"
#include "semscope/figures/image.hpp"

#include <cmath>

namespace semscope::postprocess {

namespace {

std::size_t pixels(double points, double dpi) { return static_cast<std::size_t>(std::lround(points * dpi / 72)); }

}  // namespace

MapWriter::MapWriter(const MapSource& source, const MapScan& scan, const MapStyle& style)
    : source_(source), scan_(scan), style_(style) {}

std::vector<std::filesystem::path> MapWriter::bases(const MapJob& job) const {
    const auto scene = static_cast<std::size_t>(scan_.predicted[job.image]);
    const auto folder = style_.output.folder / "sdm" / file_name_of(source_.scenes()[scene]);
    const std::string name = style_.names->picture_name(source_.path(job.image)) + suffix_of(style_.attribution);
    std::vector<std::filesystem::path> result;
    if (job.correct) result.push_back(folder / "correct" / name);
    if (job.predicted) result.push_back(folder / "predicted" / name);
    return result;
}

std::vector<std::filesystem::path> MapWriter::files(std::span<const MapJob> jobs) const {
    std::vector<std::filesystem::path> result;
    for (const MapJob& job : jobs)
        for (const auto& base : bases(job)) {
            result.emplace_back(base.string() + ".png");
            for (const auto format : style_.formats) result.push_back(with_format(base.string() + ".panel", format));
        }
    return result;
}

void MapWriter::draw(const MapJob& job) {
    try {
        MapPicture picture = source_.read(job.image, static_cast<std::uint32_t>(scan_.predicted[job.image]));
        if (!picture.missing_photo.empty()) faults_.missing_photos.push_back(picture.missing_photo);
        write(job, std::move(picture.panel));
    } catch (const ChangedLabelMap& error) {
        faults_.changed_maps.emplace_back(error.what());
    } catch (const InputError& error) {
        faults_.unreadable_maps.emplace_back(error.what());
    }
}

void MapWriter::write(const MapJob& job, figures::Panel panel) const {
    const auto targets = bases(job);
    panel.scale = style_.scale;
    panel.range = style_.range;
    panel.width = style_.width;
    panel.legend = style_.legend;
    panel.scene_range =
        style_.scale == MapScale::all ? style_.all : scan_.ranges[static_cast<std::size_t>(scan_.predicted[job.image])];
    panel.font = style_.output.font;
    const auto own = figures::deviation_range(panel.labels, panel.deviations, panel.unseen);
    const auto colours = panel.range ? figures::fixed_colours(panel.scale, *panel.range)
                                     : figures::map_colours(panel.scale, own, panel.scene_range);
    const auto map_of = [&](const data::LabelMap& labels) {
        return figures::deviation_map(labels, panel.deviations, colours, panel.unseen);
    };
    const double dpi = style_.output.dpi;
    const std::string map =
        style_.width ? figures::png_of(map_of(figures::scaled(panel.labels, pixels(*style_.width, dpi))), dpi)
                     : figures::png_of(map_of(panel.labels));
    for (const auto& base : targets) figures::write_file(base.string() + ".png", map, style_.output.overwrite);

    const figures::Picture picture = figures::draw_panel(std::move(panel), *style_.palette);
    for (const auto format : style_.formats) {
        const std::string bytes = figures::render(picture, format, style_.output.dpi);
        for (const auto& base : targets)
            figures::write_file(with_format(base.string() + ".panel", format), bytes, style_.output.overwrite);
    }
}

}  // namespace semscope::postprocess
