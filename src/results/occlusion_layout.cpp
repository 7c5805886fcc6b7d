#include "semscope/results/occlusion_layout.hpp"

#include "layout_builder.hpp"
#include "semscope/base/error.hpp"
#include "semscope/hdf5/attribute.hpp"
#include "semscope/hdf5/file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

namespace semscope::results {

namespace {

using hdf5::Dataset;
using hdf5::File;

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
    LayoutBuilder builder(file);
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

std::uint64_t occlusion_file_bytes(const OcclusionLayout& layout) {
    const std::uint64_t row = sizeof(float) * layout.scenes.size();
    constexpr std::uint64_t scale = sizeof(std::uint32_t);  // each dimension's, an entry
    const std::uint64_t image =
        layout.longest_path + sizeof(std::int32_t) + sizeof(std::uint8_t) + row + sizeof(float) + scale;
    const std::uint64_t variant = sizeof(std::uint32_t) + sizeof(std::uint16_t) + sizeof(std::uint32_t) + row + scale;
    const auto names = [](const std::vector<std::string>& texts) {
        std::size_t length = 1;
        for (const std::string& text : texts) length = std::max(length, text.size());
        return texts.size() * (length + scale);
    };
    return layout.images * image + (layout.images + 1) * (sizeof(std::uint64_t) + scale) + layout.variants * variant +
           names(layout.scenes) + names(layout.semantics);
}

void create_occlusion_file(const std::filesystem::path& path, const OcclusionLayout& layout,
                           const Provenance& provenance, std::uint64_t ranks) {
    try {
        File file = File::create(path);
        build(file, layout);
        write_provenance(file, provenance, ranks);
        file.close();
        hdf5::reserve_space(path);
    } catch (const std::exception& error) {
        std::error_code ignored;
        std::filesystem::remove(path, ignored);
        // The temporary name tells the final one.
        throw IoError(fmt::format("{}: the output cannot be created: {}", path.string(), error.what()));
    }
}

std::filesystem::path temporary_path(const std::filesystem::path& path) {
    return fmt::format("{}.creating.{}", path.string(), ::getpid());
}

void publish(const std::filesystem::path& temporary, const std::filesystem::path& path) {
    hdf5::sync_to_disk(temporary);
    std::error_code error;
    std::filesystem::rename(temporary, path, error);
    if (error) throw IoError(fmt::format("{}: cannot be put in place: {}", path.string(), error.message()));
    hdf5::sync_to_disk(path.parent_path());
}

void remove_leftovers(const std::filesystem::path& path) {
    const std::string beginning = path.filename().string() + ".creating.";
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(path.parent_path(), ignored))
        if (entry.path().filename().string().starts_with(beginning)) std::filesystem::remove(entry.path(), ignored);
}

}  // namespace semscope::results
