#include "semscope/results/occlusion_layout.hpp"

#include "semscope/base/error.hpp"
#include "semscope/hdf5/attribute.hpp"
#include "semscope/hdf5/file.hpp"
#include "semscope/hdf5/scale.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <numeric>

namespace semscope::results {

namespace {

using hdf5::Dataset;
using hdf5::File;

std::size_t longest(const std::vector<std::string>& texts) {
    std::size_t length = 1;
    for (const std::string& text : texts) length = std::max(length, text.size());
    return length;
}

/// Lays out one file. Dimension scales stand in the root group, since readers of the netCDF data model look for a
/// dimension in a dataset's own group and its parents only.
class Builder {
  public:
    explicit Builder(File& file) : file_(file) {}

    void add_dimension(const std::string& dimension, std::uint64_t extent) {
        Dataset scale = file_.create_dataset<std::uint32_t>("/dim_" + dimension, {extent});
        hdf5::make_scale(scale, "dim_" + dimension);
        constexpr std::uint64_t block = 1U << 20;
        for (std::uint64_t begin = 0; begin < extent; begin += block) {
            std::vector<std::uint32_t> indices(std::min(block, extent - begin));
            std::iota(indices.begin(), indices.end(), static_cast<std::uint32_t>(begin));
            scale.write<std::uint32_t>(hdf5::Range{begin, begin + indices.size()}, indices);
        }
        hdf5::write_attribute(scale.id(), "long_name", "index along the dimension " + dimension);
        extents_[dimension] = extent;
        scales_.emplace(dimension, std::move(scale));
    }

    template <class Type>
    Dataset add(const std::string& name, const Type& type, const std::vector<std::string>& dimensions,
                const std::string& long_name, const std::string& units = "") {
        std::vector<std::uint64_t> shape;
        for (const auto& dimension : dimensions) shape.push_back(extents_.at(dimension));
        Dataset dataset = file_.create_dataset(name, type, shape);
        for (std::size_t i = 0; i < dimensions.size(); ++i)
            hdf5::attach_scale(dataset, static_cast<unsigned>(i), scales_.at(dimensions[i]), dimensions[i]);
        hdf5::write_attribute(dataset.id(), "long_name", long_name);
        if (!units.empty()) hdf5::write_attribute(dataset.id(), "units", units);
        return dataset;
    }

    void add_names(const std::string& name, const std::string& dimension, const std::vector<std::string>& texts,
                   const std::string& long_name) {
        add(name, hdf5::string_type(longest(texts)).get(), {dimension}, long_name).write_strings(0, texts);
    }

  private:
    File& file_;
    std::map<std::string, std::uint64_t> extents_;
    std::map<std::string, Dataset> scales_;
};

void write_paths(Dataset& paths, const OcclusionLayout& layout) {
    constexpr std::uint64_t block = 65536;
    for (std::uint64_t begin = 0; begin < layout.images; begin += block) {
        std::vector<std::string> texts;
        for (std::uint64_t i = begin; i < std::min(begin + block, layout.images); ++i)
            texts.push_back(layout.image_path(i));
        paths.write_strings(begin, texts);
    }
}

void build(File& file, const OcclusionLayout& layout) {
    Builder builder(file);
    builder.add_dimension("image", layout.images);
    builder.add_dimension("image_boundary", layout.images + 1);
    builder.add_dimension("variant", layout.variants);
    builder.add_dimension("scene", layout.scenes.size());
    builder.add_dimension("semantic", layout.semantics.size());

    builder.add_names("/scene/name", "scene", layout.scenes, "scene class, in the order of the network's output");
    builder.add_names("/semantic/name", "semantic", layout.semantics, "semantic class; 0 = unlabelled");
    Dataset paths = builder.add("/image/path", hdf5::string_type(layout.longest_path).get(), {"image"},
                                "path of the image, as listed");
    write_paths(paths, layout);

    builder.add("/image/scene", H5T_STD_I32LE, {"image"}, "true scene of the image; -1 = unknown");
    builder.add("/image/status", H5T_STD_U8LE, {"image"}, "0 pending, 1 done, 2 unreadable");
    builder.add("/image/variant_offset", H5T_STD_U64LE, {"image_boundary"},
                "variants of image i are rows variant_offset[i] .. variant_offset[i+1]");
    builder.add("/image/probability", H5T_IEEE_F32LE, {"image", "scene"}, "probability of each scene, image as it is",
                "1");
    builder.add("/image/loss", H5T_IEEE_F32LE, {"image"}, "cross-entropy of the true scene; NaN = unknown scene",
                "nat");
    builder.add("/variant/image", H5T_STD_U32LE, {"variant"}, "image that the variant is made of");
    builder.add("/variant/semantic", H5T_STD_U16LE, {"variant"}, "semantic class that is inhibited");
    builder.add("/variant/pixels", H5T_STD_U32LE, {"variant"}, "pixels of the class in the crop", "pixel");
    builder.add("/variant/probability", H5T_IEEE_F32LE, {"variant", "scene"},
                "probability of each scene, the class inhibited", "1");
}

void write_provenance(const File& file, const Provenance& provenance, std::uint64_t ranks) {
    hdf5::write_attribute(file.id(), "format", occlusion_format);
    hdf5::write_attribute(file.id(), "format_version", occlusion_format_version);
    hdf5::write_attribute(file.id(), "complete", std::uint64_t{0});
    hdf5::write_attribute(file.id(), "ranks", ranks);
    for (const auto& [name, text] : provenance) hdf5::write_attribute(file.id(), name, text);
}

}  // namespace

void create_occlusion_file(const std::filesystem::path& path, const OcclusionLayout& layout,
                           const Provenance& provenance, std::uint64_t ranks) {
    const std::filesystem::path temporary = fmt::format("{}.creating.{}", path.string(), ::getpid());
    try {
        File file = File::create(temporary);
        build(file, layout);
        write_provenance(file, provenance, ranks);
        file.close();
        hdf5::reserve_space(temporary);
        std::filesystem::rename(temporary, path);
    } catch (const std::exception& error) {
        std::error_code ignored;
        std::filesystem::remove(temporary, ignored);
        throw IoError(fmt::format("{}: the output cannot be created: {}", path.string(), error.what()));
    }
}

}  // namespace semscope::results
