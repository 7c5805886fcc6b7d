#include "semscope/results/occlusion_reader.hpp"

#include "occlusion_schema.hpp"
#include "reading.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/text.hpp"
#include "semscope/hdf5/attribute.hpp"

#include <fmt/format.h>

namespace semscope::results {

OcclusionReader::OcclusionReader(const std::filesystem::path& path)
    : OcclusionReader(hdf5::File::open(path, hdf5::Access::read)) {}

OcclusionReader::OcclusionReader(const std::filesystem::path& path, const comm::Communicator& communicator)
    : OcclusionReader(hdf5::File::open(path, hdf5::Access::read, communicator)) {}

OcclusionReader::OcclusionReader(hdf5::File file) : file_(std::move(file)) {
    require_format(file_, occlusion_schema());
    images_ = extent(file_, occlusion_schema().image_path.path);
    variants_ = extent(file_, occlusion_schema().variant_image.path);
    scenes_ = class_count(file_, occlusion_schema().scene_name, maximum_scenes);
    semantics_ = class_count(file_, occlusion_schema().semantic_name, maximum_semantics);
    require_datasets(file_, occlusion_schema(),
                     {.lengths = {{Dimension::image, images_},
                                  {Dimension::image_boundary, images_ + 1},
                                  {Dimension::variant, variants_},
                                  {Dimension::scene, scenes_},
                                  {Dimension::semantic, semantics_}},
                      .text_bytes = {}});
    complete_ = hdf5::read_integer_attribute(file_.id(), "complete") == 1;
}

std::string OcclusionReader::attribute(const std::string& name) const { return text_attribute(file_, name); }

std::uint64_t OcclusionReader::ranks() const { return hdf5::read_integer_attribute(file_.id(), "ranks"); }

std::vector<std::string> OcclusionReader::scene_names() const {
    return read_names(file_, occlusion_schema().scene_name, {0, scenes_}, problem_with_file_name);
}
std::vector<std::string> OcclusionReader::semantic_names() const {
    return read_names(file_, occlusion_schema().semantic_name, {0, semantics_}, problem_with_name);
}
std::vector<std::string> OcclusionReader::image_paths(Range images) const {
    return read_names(file_, occlusion_schema().image_path, images, problem_with_relative_path);
}
std::vector<std::int32_t> OcclusionReader::image_scenes(Range images) const {
    return read(file_, occlusion_schema().image_scene, images);
}
std::vector<std::uint8_t> OcclusionReader::image_status(Range images) const {
    return read(file_, occlusion_schema().image_status, images);
}
std::vector<std::uint64_t> OcclusionReader::variant_offsets(Range images) const {
    return read_offsets(file_, occlusion_schema().variant_offset, images, variants_);
}
std::vector<std::uint64_t> OcclusionReader::variant_offsets() const {
    std::vector<std::uint64_t> offsets = variant_offsets({0, images_});
    bool sound = offsets.front() == 0 && offsets.back() == variants_;
    for (std::size_t i = 0; i + 1 < offsets.size(); ++i) sound = sound && offsets[i + 1] - offsets[i] < semantics_;
    if (!sound)
        throw InputError(
            fmt::format("{} of the occlusion file is inconsistent", occlusion_schema().variant_offset.path));
    return offsets;
}
std::vector<float> OcclusionReader::image_probabilities(Range images) const {
    return read(file_, occlusion_schema().image_probability, images);
}
std::vector<float> OcclusionReader::image_losses(Range images) const {
    return read(file_, occlusion_schema().image_loss, images);
}
std::vector<std::uint32_t> OcclusionReader::variant_images(Range variants) const {
    return read(file_, occlusion_schema().variant_image, variants);
}
std::vector<std::uint16_t> OcclusionReader::variant_semantics(Range variants) const {
    return read(file_, occlusion_schema().variant_semantic, variants);
}
std::vector<std::uint32_t> OcclusionReader::variant_pixels(Range variants) const {
    return read(file_, occlusion_schema().variant_pixels, variants);
}
std::vector<float> OcclusionReader::variant_probabilities(Range variants) const {
    return read(file_, occlusion_schema().variant_probability, variants);
}

}  // namespace semscope::results
