#include "semscope/segmentation/setup.hpp"

#include "semscope/cli/wiring.hpp"
#include "semscope/network/placement.hpp"

#include <fmt/format.h>

namespace semscope::segmentation {

std::optional<SegmentInputs> read_segment_inputs(const cli::Settings& settings, Problems& problems) {
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
        problems.collect([&] { data::require_codable(settings.labels.coding, inputs.semantics.size()); });
    if (problems.list().size() > before) return std::nullopt;
    inputs.source.image_root = settings.data.root;
    inputs.source.shorter_side = settings.segment.size;
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
    if (settings.segment.layout == LabelLayout::top3 && settings.labels.coding.channel != data::LabelChannel::blue)
        problems.add("segment.layout = top3 puts the best class in blue; set labels.channel = blue");
    const auto &labels = settings.labels.root, &scores = settings.segment.scores, &root = settings.data.root;
    if (labels.empty()) problems.add("labels.root must be given: the label maps go there");
    if (labels == scores) problems.add("segment.scores is the folder of labels.root");
    if (labels == root || scores == root)
        problems.add("labels.root and segment.scores must be folders of their own, not data.root");
}

network::SegmenterOptions segmenter_options(const cli::Settings& settings, const network::Placement& placement,
                                            data::ImageSize probe) {
    network::SegmenterOptions segmenter;
    segmenter.path = settings.segment.model;
    segmenter.precision = settings.run.precision;
    segmenter.device = placement.device;
    segmenter.threads = placement.threads;
    segmenter.mean = settings.preprocess.colours.mean;
    segmenter.std = settings.preprocess.colours.std;
    segmenter.flip = settings.segment.flip;
    segmenter.min_confidence = settings.segment.min_confidence;
    segmenter.probe = probe;
    return segmenter;
}

segmentation::LabelFiles label_files(const cli::Settings& settings) {
    return {settings.labels.root, settings.segment.scores, settings.labels.coding, settings.segment.layout};
}

}  // namespace semscope::segmentation
