#include "semscope/results/occlusion_reader.hpp"

#include "semscope/base/error.hpp"
#include "semscope/hdf5/attribute.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace semscope::results {

namespace {

using Shape = std::vector<std::uint64_t>;

void require_format(const hdf5::File& file) {
    const auto format = [&]() -> std::string {
        if (!hdf5::has_attribute(file.id(), "format")) return "";
        return hdf5::read_string_attribute(file.id(), "format");
    }();
    if (format != occlusion_format)
        throw InputError(fmt::format("{}: is not an occlusion file of semscope (its format attribute is \"{}\")",
                                     file.path().string(), format));
    const std::uint64_t version = hdf5::read_integer_attribute(file.id(), "format_version");
    if (version != occlusion_format_version)
        throw InputError(fmt::format("{}: format version {}; this program reads version {}", file.path().string(),
                                     version, occlusion_format_version));
}

Shape shape_of(const hdf5::File& file, const std::string& name) { return file.dataset(name).shape(); }

void require(const hdf5::File& file, const std::string& name, const Shape& expected, H5T_class_t kind,
             std::size_t bytes) {
    const hdf5::Dataset dataset = file.dataset(name);
    if (dataset.shape() != expected)
        throw InputError(fmt::format("{}: dataset {} has shape [{}] where [{}] is expected", file.path().string(), name,
                                     fmt::join(dataset.shape(), ","), fmt::join(expected, ",")));
    const hdf5::Handle type(H5Dget_type(dataset.id()), H5Tclose, "asking for the type of " + name);
    if (H5Tget_class(type.get()) != kind || (bytes != 0 && H5Tget_size(type.get()) != bytes))
        throw InputError(fmt::format("{}: dataset {} has another type than expected", file.path().string(), name));
}

std::uint64_t extent(const hdf5::File& file, const std::string& name) {
    const Shape shape = shape_of(file, name);
    if (shape.size() != 1)
        throw InputError(fmt::format("{}: dataset {} must have one dimension", file.path().string(), name));
    return shape[0];
}

}  // namespace

OcclusionReader::OcclusionReader(const std::filesystem::path& path)
    : OcclusionReader(hdf5::File::open(path, hdf5::Access::read)) {}

OcclusionReader::OcclusionReader(const std::filesystem::path& path, const mpi::Communicator& communicator)
    : OcclusionReader(hdf5::File::open(path, hdf5::Access::read, communicator)) {}

OcclusionReader::OcclusionReader(hdf5::File file) : file_(std::move(file)) {
    require_format(file_);
    images_ = extent(file_, "/image/path");
    variants_ = extent(file_, "/variant/image");
    scenes_ = extent(file_, "/scene/name");
    semantics_ = extent(file_, "/semantic/name");
    require(file_, "/image/path", {images_}, H5T_STRING, 0);
    require(file_, "/image/scene", {images_}, H5T_INTEGER, 4);
    require(file_, "/image/status", {images_}, H5T_INTEGER, 1);
    require(file_, "/image/variant_offset", {images_ + 1}, H5T_INTEGER, 8);
    require(file_, "/image/probability", {images_, scenes_}, H5T_FLOAT, 4);
    require(file_, "/image/loss", {images_}, H5T_FLOAT, 4);
    require(file_, "/variant/image", {variants_}, H5T_INTEGER, 4);
    require(file_, "/variant/semantic", {variants_}, H5T_INTEGER, 2);
    require(file_, "/variant/pixels", {variants_}, H5T_INTEGER, 4);
    require(file_, "/variant/probability", {variants_, scenes_}, H5T_FLOAT, 4);
    complete_ = hdf5::read_integer_attribute(file_.id(), "complete") == 1;
}

std::string OcclusionReader::attribute(const std::string& name) const {
    return hdf5::has_attribute(file_.id(), name) ? hdf5::read_string_attribute(file_.id(), name) : "";
}

std::uint64_t OcclusionReader::ranks() const { return hdf5::read_integer_attribute(file_.id(), "ranks"); }

std::vector<std::string> OcclusionReader::scene_names() const {
    return file_.dataset("/scene/name").read_strings({0, scenes_});
}
std::vector<std::string> OcclusionReader::semantic_names() const {
    return file_.dataset("/semantic/name").read_strings({0, semantics_});
}
std::vector<std::string> OcclusionReader::image_paths(Range images) const {
    return file_.dataset("/image/path").read_strings(images);
}
std::vector<std::int32_t> OcclusionReader::image_scenes(Range images) const {
    return file_.dataset("/image/scene").read<std::int32_t>(images);
}
std::vector<std::uint8_t> OcclusionReader::image_status(Range images) const {
    return file_.dataset("/image/status").read<std::uint8_t>(images);
}
std::vector<std::uint64_t> OcclusionReader::variant_offsets(Range images) const {
    return file_.dataset("/image/variant_offset").read<std::uint64_t>({images.begin, images.end + 1});
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
