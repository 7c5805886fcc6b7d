#include "semscope/results/occlusion_reader.hpp"

#include "schema.hpp"
#include "semscope/base/limits.hpp"
#include "semscope/base/text.hpp"
#include "semscope/hdf5/attribute.hpp"

namespace semscope::results {

OcclusionReader::OcclusionReader(const std::filesystem::path& path)
    : OcclusionReader(hdf5::File::open(path, hdf5::Access::read)) {}

OcclusionReader::OcclusionReader(const std::filesystem::path& path, const mpi::Communicator& communicator)
    : OcclusionReader(hdf5::File::open(path, hdf5::Access::read, communicator)) {}

OcclusionReader::OcclusionReader(hdf5::File file) : file_(std::move(file)) {
    require_format(file_, occlusion_format, occlusion_format_version, "an occlusion file");
    images_ = extent(file_, "/image/path");
    variants_ = extent(file_, "/variant/image");
    scenes_ = class_count(file_, "/scene/name", most_scenes);
    semantics_ = class_count(file_, "/semantic/name", most_semantics);
    require_names(file_, "/image/path", images_);
    require_dataset(file_, "/image/scene", {images_}, H5T_INTEGER, 4);
    require_dataset(file_, "/image/status", {images_}, H5T_INTEGER, 1);
    require_dataset(file_, "/image/variant_offset", {images_ + 1}, H5T_INTEGER, 8);
    require_dataset(file_, "/image/probability", {images_, scenes_}, H5T_FLOAT, 4);
    require_dataset(file_, "/image/loss", {images_}, H5T_FLOAT, 4);
    require_dataset(file_, "/variant/image", {variants_}, H5T_INTEGER, 4);
    require_dataset(file_, "/variant/semantic", {variants_}, H5T_INTEGER, 2);
    require_dataset(file_, "/variant/pixels", {variants_}, H5T_INTEGER, 4);
    require_dataset(file_, "/variant/probability", {variants_, scenes_}, H5T_FLOAT, 4);
    complete_ = hdf5::read_integer_attribute(file_.id(), "complete") == 1;
}

std::string OcclusionReader::attribute(const std::string& name) const {
    return hdf5::has_attribute(file_.id(), name) ? hdf5::read_string_attribute(file_.id(), name) : "";
}

std::uint64_t OcclusionReader::ranks() const { return hdf5::read_integer_attribute(file_.id(), "ranks"); }

std::vector<std::string> OcclusionReader::scene_names() const {
    return read_names(file_, "/scene/name", {0, scenes_}, judge_file_name);
}
std::vector<std::string> OcclusionReader::semantic_names() const {
    return read_names(file_, "/semantic/name", {0, semantics_}, judge_name);
}
std::vector<std::string> OcclusionReader::image_paths(Range images) const {
    return read_names(file_, "/image/path", images, judge_relative_path);
}
std::vector<std::int32_t> OcclusionReader::image_scenes(Range images) const {
    return file_.dataset("/image/scene").read<std::int32_t>(images);
}
std::vector<std::uint8_t> OcclusionReader::image_status(Range images) const {
    return file_.dataset("/image/status").read<std::uint8_t>(images);
}
std::vector<std::uint64_t> OcclusionReader::variant_offsets(Range images) const {
    constexpr const char* name = "/image/variant_offset";
    auto offsets = file_.dataset(name).read<std::uint64_t>({images.begin, images.end + 1});
    require_offsets(file_, name, offsets, images.begin, variants_);
    return offsets;
}
std::vector<float> OcclusionReader::image_probabilities(Range images) const {
    return file_.dataset("/image/probability").read<float>(images);
}
std::vector<float> OcclusionReader::image_losses(Range images) const {
    return file_.dataset("/image/loss").read<float>(images);
}
std::vector<std::uint32_t> OcclusionReader::variant_images(Range variants) const {
    return file_.dataset("/variant/image").read<std::uint32_t>(variants);
}
std::vector<std::uint16_t> OcclusionReader::variant_semantics(Range variants) const {
    return file_.dataset("/variant/semantic").read<std::uint16_t>(variants);
}
std::vector<std::uint32_t> OcclusionReader::variant_pixels(Range variants) const {
    return file_.dataset("/variant/pixels").read<std::uint32_t>(variants);
}
std::vector<float> OcclusionReader::variant_probabilities(Range variants) const {
    return file_.dataset("/variant/probability").read<float>(variants);
}

}  // namespace semscope::results
