#include "segment_wiring.hpp"

#include "picture_wiring.hpp"

#include <fmt/format.h>

namespace semscope::wiring {

std::optional<SegmentInputs> read_segment_inputs(const app::Options& options, Problems& problems) {
    if (!data_root_exists(options, problems)) return std::nullopt;
    const std::size_t before = problems.list().size();
    SegmentInputs inputs;
    problems.collect([&] { inputs.semantics = dataset::read_semantic_names(options.path("data.semantics")); });
    problems.collect([&] {
        const auto list = options.path("data.images"), scenes = options.path("data.scenes");
        const auto limit = static_cast<std::uint64_t>(options.integer("data.limit"));
        std::error_code ignored;
        const bool has_scenes = options.given("data.scenes") || std::filesystem::exists(scenes, ignored);
        inputs.source.images = has_scenes ? dataset::read_image_list(list, dataset::read_scene_names(scenes), limit)
                                          : dataset::read_image_paths(list, limit);
    });
    if (!options.path("segment.map").empty() && !inputs.semantics.empty())
        problems.collect(
            [&] { inputs.mapping = dataset::read_label_mapping(options.path("segment.map"), inputs.semantics); });
    if (!inputs.semantics.empty())
        problems.collect([&] { dataset::require_codable(label_coding(options), inputs.semantics.size()); });
    if (problems.list().size() > before) return std::nullopt;
    inputs.source.image_root = options.path("data.root");
    inputs.source.shorter_side = static_cast<int>(options.integer("segment.size"));
    return inputs;
}

void check_segment_combinations(const app::Options& options, Problems& problems) {
    if (options.text("segment.layout") == "top3" && options.text("labels.channel") != "blue")
        problems.add("segment.layout = top3 puts the best class in blue; set labels.channel = blue");
    if (options.text("labels.root").empty()) problems.add("labels.root must be given: the label maps go there");
    const auto labels = options.path("labels.root"), scores = options.path("segment.scores"),
               root = options.path("data.root");
    if (labels == scores) problems.add("segment.scores is the folder of labels.root");
    if (labels == root || scores == root)
        problems.add("labels.root and segment.scores must be folders of their own, not data.root");
}

inference::SegmenterOptions segmenter_options(const app::Options& options, const Placement& placement,
                                              dataset::ImageSize probe) {
    inference::SegmenterOptions segmenter;
    segmenter.path = options.path("segment.model");
    // The choices of the option are declared in the order of the enumerators.
    segmenter.precision = static_cast<inference::Precision>(options.choice("run.precision"));
    segmenter.device = placement.device;
    segmenter.threads = placement.threads;
    segmenter.mean = options.three_reals("preprocess.mean");
    segmenter.std = options.three_reals("preprocess.std");
    segmenter.flip = options.flag("segment.flip");
    segmenter.min_confidence = static_cast<float>(options.real("segment.min-confidence"));
    segmenter.probe = probe;
    return segmenter;
}

segmentation::LabelFiles label_files(const app::Options& options) {
    return {options.path("labels.root"), options.path("segment.scores"), label_coding(options),
            static_cast<segmentation::LabelLayout>(options.choice("segment.layout"))};
}

}  // namespace semscope::wiring
