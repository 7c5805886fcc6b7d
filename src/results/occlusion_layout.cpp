#include "semscope/results/occlusion_layout.hpp"

#include "layout.hpp"
#include "occlusion_schema.hpp"
#include "semscope/hdf5/attribute.hpp"

#include <algorithm>

namespace semscope::results {

namespace {

Extents extents_of(const OcclusionLayout& layout) {
    const OcclusionSchema& table = occlusion_schema();
    return {.lengths = {{Dimension::image, layout.images},
                        {Dimension::image_boundary, layout.images + 1},
                        {Dimension::variant, layout.variants},
                        {Dimension::scene, layout.scenes.size()},
                        {Dimension::semantic, layout.semantics.size()}},
            .text_bytes = {{table.scene_name.path, longest_text(layout.scenes)},
                           {table.semantic_name.path, longest_text(layout.semantics)},
                           {table.image_path.path, layout.longest_path}}};
}

void write_paths(const hdf5::File& file, const OcclusionLayout& layout) {
    hdf5::Dataset paths = file.dataset(occlusion_schema().image_path.path);
    constexpr std::uint64_t block = 65536;
    for (std::uint64_t begin = 0; begin < layout.images; begin += block) {
        std::vector<std::string> texts;
        for (std::uint64_t i = begin; i < std::min(begin + block, layout.images); ++i)
            texts.push_back(layout.image_path(i));
        paths.write_strings(begin, texts);
    }
}

}  // namespace

std::uint64_t occlusion_file_bytes(const OcclusionLayout& layout) {
    return data_bytes(occlusion_schema(), extents_of(layout));
}

void create_occlusion_file(const std::filesystem::path& path, const OcclusionLayout& layout,
                           const Provenance& provenance, std::uint64_t ranks) {
    create_file(path, occlusion_schema(), extents_of(layout), [&](hdf5::File& file) {
        file.dataset(occlusion_schema().scene_name.path).write_strings(0, layout.scenes);
        file.dataset(occlusion_schema().semantic_name.path).write_strings(0, layout.semantics);
        write_paths(file, layout);
        hdf5::write_attribute(file.id(), "complete", std::uint64_t{0});
        hdf5::write_attribute(file.id(), "other_hardware", std::uint64_t{0});
        hdf5::write_attribute(file.id(), "ranks", ranks);
        for (const auto& [name, text] : provenance) hdf5::write_attribute(file.id(), name, text);
    });
}

}  // namespace semscope::results
