#include "segment_inputs.hpp"

#include "semscope/cli/watched_run.hpp"
#include "semscope/core/digest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace semscope::segmentation {

std::optional<SegmentInputs> read_segment_inputs(const cli::Settings& settings, const cli::Archives& archives,
                                                 Problems& problems) {
    if (!cli::data_root_exists(settings.data.root, problems)) return std::nullopt;
    const std::size_t before = problems.list().size();
    SegmentInputs inputs;
    problems.collect([&] { inputs.semantics = data::read_semantic_names(settings.data.semantics); });
    problems.collect([&] {
        const cli::DataSettings& data = settings.data;
        std::error_code ignored;
        const bool has_scenes = data.scenes_given || std::filesystem::exists(data.scenes, ignored);
        inputs.source.images = has_scenes
                                   ? data::read_image_list(data.images, data::read_scene_names(data.scenes), data.limit)
                                   : data::read_image_paths(data.images, data.limit);
    });
    if (!settings.segment.map.empty() && !inputs.semantics.empty())
        problems.collect([&] { inputs.mapping = data::read_label_mapping(settings.segment.map, inputs.semantics); });
    if (!inputs.semantics.empty())
        problems.collect([&] {
            data::require_codable(settings.labels.coding, inputs.semantics.size());
            data::require_own_label_maps(inputs.source.images, cli::label_naming_of(settings));
        });
    if (problems.list().size() > before) return std::nullopt;
    inputs.source.photos = cli::photos_of(settings, archives);
    inputs.source.shorter_side = settings.segment.size;
    inputs.source.interpolation = settings.preprocess.geometry.interpolation;
    return inputs;
}

std::vector<comm::InputDigest> input_digests(const cli::Settings& settings, const SegmentInputs& inputs) {
    std::string mapping;
    if (inputs.mapping)
        for (const std::uint16_t semantic : *inputs.mapping) mapping += fmt::format("{}\n", semantic);
    return {{settings.data.images.string(), inputs.source.images.digest()},
            {settings.data.semantics.string(), sha256_of_lines(inputs.semantics)},
            {"segment.map", sha256_of_text(mapping)}};
}

void check_segment_combinations(const cli::Settings& settings, Problems& problems) {
    cli::check_colours(settings.preprocess.colours, problems);
    if (settings.segment.layout == LabelLayout::top3 && settings.labels.coding.channel != data::LabelChannel::blue)
        problems.add("segment.layout = top3 puts the best class in blue; set labels.channel = blue");
    const auto &labels = settings.labels.root, &scores = settings.segment.scores, &root = settings.data.root;
    if (!settings.labels.archive.empty())
        problems.add("labels.archive is for reading: semscope-segment writes label maps as files below labels.root");
    if (labels.empty()) problems.add("labels.root must be given: the label maps go there");
    if (labels == scores) problems.add("segment.scores is the folder of labels.root");
    if (labels == root || scores == root)
        problems.add("labels.root and segment.scores must be folders of their own, not data.root");
}

network::SegmenterOptions segmenter_options(const cli::Settings& settings, const network::Placement& placement,
                                            data::ImageSize probe) {
    network::SegmenterOptions segmenter;
    segmenter.path = settings.segment.model;
    segmenter.output = settings.segment.output;
    segmenter.precision = settings.run.precision;
    segmenter.device = placement.device;
    segmenter.threads = placement.threads;
    segmenter.colours = settings.preprocess.colours;
    segmenter.flip = settings.segment.flip;
    segmenter.min_confidence = settings.segment.min_confidence;
    segmenter.batch = settings.segment.batch;
    segmenter.probe = probe;
    return segmenter;
}

segmentation::LabelFiles label_files(const cli::Settings& settings, int bits) {
    return {
        settings.labels.root,   settings.segment.scores, cli::label_naming_of(settings), settings.labels.coding, bits,
        settings.segment.layout};
}

}  // namespace semscope::segmentation
