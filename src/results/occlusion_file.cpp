#include "semscope/results/occlusion_file.hpp"

#include "occlusion_schema.hpp"
#include "schema.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/text.hpp"
#include "semscope/hdf5/dataset.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace semscope::results {

namespace {

std::set<Part> parts_of(const AttributionLayout& attribution) {
    std::set<Part> parts;
    if (attribution.shapley) parts.insert(Part::shapley);
    if (!attribution.orders.empty()) parts.insert(Part::curves);
    if (attribution.interactions) parts.insert(Part::interactions);
    return parts;
}

Extents extents_of(const OcclusionLayout& layout) {
    const OcclusionSchema& table = occlusion_schema();
    return {.lengths = {{Dimension::image, layout.images},
                        {Dimension::image_boundary, layout.images + 1},
                        {Dimension::variant, layout.variants},
                        {Dimension::scene, layout.scenes.size()},
                        {Dimension::semantic, layout.semantics.size()},
                        {Dimension::order, layout.attribution.orders.size()},
                        {Dimension::pair, layout.attribution.pairs}},
            .text_bytes = {{table.scene_name.path, maximum_text_bytes(layout.scenes)},
                           {table.semantic_name.path, maximum_text_bytes(layout.semantics)},
                           {table.image_path.path, layout.maximum_path_bytes},
                           {table.order_name.path, maximum_text_bytes(layout.attribution.orders)}},
            .parts = parts_of(layout.attribution)};
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
        if (!layout.attribution.orders.empty())
            file.dataset(occlusion_schema().order_name.path).write_strings(0, layout.attribution.orders);
        write_paths(file, layout);
        hdf5::write_attribute(file.id(), "complete", std::uint64_t{0});
        hdf5::write_attribute(file.id(), "other_hardware", std::uint64_t{0});
        hdf5::write_attribute(file.id(), "ranks", ranks);
        for (const auto& [name, text] : provenance) hdf5::write_attribute(file.id(), name, text);
    });
}

AttributionLayout attribution_of(const hdf5::File& file) {
    const OcclusionSchema& table = occlusion_schema();
    const std::set<Part> parts = parts_of(file, table);
    AttributionLayout found;
    found.shapley = parts.contains(Part::shapley);
    if (parts.contains(Part::curves)) {
        constexpr std::uint64_t maximum_orders = 1024;
        const std::uint64_t orders = class_count(file, table.order_name, maximum_orders);
        found.orders = read_names(file, table.order_name, {0, orders}, problem_with_name);
    }
    found.interactions = parts.contains(Part::interactions);
    if (found.interactions) found.pairs = extent(file, table.pair_image.path);
    return found;
}

OcclusionReader::OcclusionReader(const std::filesystem::path& path)
    : OcclusionReader(hdf5::File::open(path, hdf5::Access::read)) {}

OcclusionReader::OcclusionReader(const std::filesystem::path& path, const comm::Communicator& communicator)
    : OcclusionReader(hdf5::File::open(path, hdf5::Access::read, communicator)) {}

OcclusionReader::OcclusionReader(hdf5::File file) : file_(std::move(file)) {
    format_version_ = require_format(file_, occlusion_schema());
    images_ = extent(file_, occlusion_schema().image_path.path);
    variants_ = extent(file_, occlusion_schema().variant_image.path);
    scenes_ = class_count(file_, occlusion_schema().scene_name, maximum_scenes);
    semantics_ = class_count(file_, occlusion_schema().semantic_name, maximum_semantics);
    attribution_ = attribution_of(file_);
    require_datasets(file_, occlusion_schema(),
                     {.lengths = {{Dimension::image, images_},
                                  {Dimension::image_boundary, images_ + 1},
                                  {Dimension::variant, variants_},
                                  {Dimension::scene, scenes_},
                                  {Dimension::semantic, semantics_},
                                  {Dimension::order, attribution_.orders.size()},
                                  {Dimension::pair, attribution_.pairs}},
                      .text_bytes = {},
                      .parts = parts_of(attribution_)});
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
std::size_t OcclusionReader::path_bytes() const {
    const hdf5::Dataset paths = file_.dataset(occlusion_schema().image_path.path);
    return H5Tget_size(hdf5::Handle(H5Dget_type(paths.id()), H5Tclose, "asking for the type of the paths").get());
}
std::vector<std::int32_t> OcclusionReader::image_scenes(Range images) const {
    return read(file_, occlusion_schema().image_scene, images);
}
std::vector<std::uint8_t> OcclusionReader::image_status(Range images) const {
    return read(file_, occlusion_schema().image_status, images);
}
std::vector<std::uint64_t> OcclusionReader::photo_digests(Range images) const {
    if (format_version_ < 2) return std::vector<std::uint64_t>(images.size());
    return read(file_, occlusion_schema().photo_digest, images);
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
std::vector<std::uint64_t> OcclusionReader::label_digests(Range images) const {
    if (format_version_ < 2) return std::vector<std::uint64_t>(images.size());
    return read(file_, occlusion_schema().label_digest, images);
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

std::vector<float> OcclusionReader::shapley_values(Range variants) const {
    return read(file_, occlusion_schema().shapley, variants);
}
std::vector<float> OcclusionReader::shapley_errors(Range variants) const {
    return read(file_, occlusion_schema().shapley_error, variants);
}
std::vector<std::uint32_t> OcclusionReader::image_coalitions(Range images) const {
    return read(file_, occlusion_schema().coalitions, images);
}
std::vector<float> OcclusionReader::empty_probabilities(Range images) const {
    return read(file_, occlusion_schema().probability_empty, images);
}
std::vector<std::uint16_t> OcclusionReader::step_semantics(Range variants) const {
    return read(file_, occlusion_schema().step_semantic, variants);
}
std::vector<float> OcclusionReader::deletion_curves(Range variants) const {
    return read(file_, occlusion_schema().deletion, variants);
}
std::vector<float> OcclusionReader::insertion_curves(Range variants) const {
    return read(file_, occlusion_schema().insertion, variants);
}
std::vector<float> OcclusionReader::areas(CurveArea area, Range images) const {
    return read(file_, occlusion_schema().curve_area(area), images);
}
std::vector<std::uint32_t> OcclusionReader::flip_counts(Range images) const {
    return read(file_, occlusion_schema().flip_count, images);
}
std::vector<std::uint64_t> OcclusionReader::pair_offsets(Range images) const {
    return read_offsets(file_, occlusion_schema().pair_offset, images, attribution_.pairs);
}
std::vector<std::uint32_t> OcclusionReader::pair_images(Range pairs) const {
    return read(file_, occlusion_schema().pair_image, pairs);
}
std::vector<std::uint16_t> OcclusionReader::pair_first(Range pairs) const {
    return read(file_, occlusion_schema().pair_first, pairs);
}
std::vector<std::uint16_t> OcclusionReader::pair_second(Range pairs) const {
    return read(file_, occlusion_schema().pair_second, pairs);
}
std::vector<float> OcclusionReader::interactions(InteractionScene scene, Range pairs) const {
    const OcclusionSchema& table = occlusion_schema();
    return read(file_, scene == InteractionScene::predicted ? table.interaction_predicted : table.interaction_truth,
                pairs);
}

}  // namespace semscope::results
