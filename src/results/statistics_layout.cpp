#include "semscope/results/statistics_layout.hpp"

#include "layout.hpp"
#include "semscope/hdf5/attribute.hpp"
#include "statistics_schema.hpp"

namespace semscope::results {

namespace {

Extents extents_of(const StatisticsLayout& layout) {
    const StatisticsSchema& table = statistics_schema();
    const std::uint64_t scenes = layout.scenes.size();
    const std::uint64_t semantics = layout.semantics.size();
    return {.lengths = {{Dimension::scene, scenes},
                        {Dimension::predicted_scene, scenes},
                        {Dimension::semantic, semantics},
                        {Dimension::sample_boundary, scenes * semantics + 1},
                        {Dimension::correct_sample, layout.samples[0]},
                        {Dimension::predicted_sample, layout.samples[1]}},
            .text_bytes = {{table.scene_name.path, longest_text(layout.scenes)},
                           {table.semantic_name.path, longest_text(layout.semantics)}}};
}

}  // namespace

const char* name_of(DeviationSet set) { return set == DeviationSet::correct ? "correct" : "predicted"; }

void create_statistics_file(const std::filesystem::path& path, const StatisticsLayout& layout,
                            const Provenance& provenance) {
    create_file(path, statistics_schema(), extents_of(layout), [&](hdf5::File& file) {
        file.dataset(statistics_schema().scene_name.path).write_strings(0, layout.scenes);
        file.dataset(statistics_schema().semantic_name.path).write_strings(0, layout.semantics);
        for (const auto& [name, text] : provenance) hdf5::write_attribute(file.id(), name, text);
        const auto write = [&](const AttributeSpec& spec, const auto& value) {
            hdf5::write_attribute(file.group(spec.group).get(), spec.name, value);
        };
        visit_evaluation(layout.evaluation, write);
        visit_settings(layout.settings, write);
    });
}

}  // namespace semscope::results
