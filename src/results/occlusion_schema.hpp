#pragma once

#include "schema.hpp"
#include "semscope/results/occlusion_file.hpp"

namespace semscope::results {

/// The table of occlusion.h5.
struct OcclusionSchema : Schema {
    using enum Dimension;

    OcclusionSchema()
        : Schema({occlusion_format, occlusion_format_version, 1, "an occlusion file"},
                 {image, image_boundary, variant, scene, semantic}) {}

    Field<std::string> scene_name =
        add<std::string>({.path = "/scene/name",
                          .dimensions = {scene},
                          .long_name = "scene class, in the order of the network's output"});
    Field<std::string> semantic_name = add<std::string>(
        {.path = "/semantic/name", .dimensions = {semantic}, .long_name = "semantic class; 0 = unlabelled"});
    Field<std::string> image_path =
        add<std::string>({.path = "/image/path", .dimensions = {image}, .long_name = "path of the image, as listed"});
    Field<std::int32_t> image_scene = add<std::int32_t>(
        {.path = "/image/scene", .dimensions = {image}, .long_name = "true scene of the image; -1 = unknown"});
    Field<std::uint8_t> image_status =
        add<std::uint8_t>({.path = "/image/status",
                           .dimensions = {image},
                           .long_name = "0 pending, 1 done, 2 unreadable, 3 no finite score",
                           .note = "rows of images of status 2 and 3 are NaN"});
    Field<std::uint64_t> photo_digest = add<std::uint64_t>(
        {.path = "/image/photo_digest",
         .dimensions = {image},
         .long_name = "first 64 bits of the SHA-256 of the photo's file; 0 = unreadable",
         .note = "the digits of /image/photo_digest in hexadecimal are the first 16 that sha256sum prints",
         .since = 2});
    Field<std::uint64_t> label_digest =
        add<std::uint64_t>({.path = "/image/label_digest",
                            .dimensions = {image},
                            .long_name = "first 64 bits of the SHA-256 of the label map's file",
                            .since = 2});
    Field<std::uint64_t> variant_offset =
        add<std::uint64_t>({.path = "/image/variant_offset",
                            .dimensions = {image_boundary},
                            .long_name = "variants of image i are rows variant_offset[i] .. variant_offset[i+1]"});
    Field<float> image_probability = add<float>({.path = "/image/probability",
                                                 .dimensions = {image, scene},
                                                 .long_name = "probability of each scene, image as it is",
                                                 .units = "1",
                                                 .note = "p"});
    Field<float> image_loss = add<float>({.path = "/image/loss",
                                          .dimensions = {image},
                                          .long_name = "cross-entropy of the true scene; NaN = unknown scene",
                                          .units = "nat"});
    Field<std::uint32_t> variant_image = add<std::uint32_t>(
        {.path = "/variant/image", .dimensions = {variant}, .long_name = "image that the variant is made of"});
    Field<std::uint16_t> variant_semantic = add<std::uint16_t>(
        {.path = "/variant/semantic", .dimensions = {variant}, .long_name = "semantic class that is inhibited"});
    Field<std::uint32_t> variant_pixels = add<std::uint32_t>({.path = "/variant/pixels",
                                                              .dimensions = {variant},
                                                              .long_name = "pixels of the class in the crop",
                                                              .units = "pixel"});
    Field<float> variant_probability = add<float>({.path = "/variant/probability",
                                                   .dimensions = {variant, scene},
                                                   .long_name = "probability of each scene, the class inhibited",
                                                   .units = "1",
                                                   .note = "p_s"});
};

inline const OcclusionSchema& occlusion_schema() {
    static const OcclusionSchema schema;
    return schema;
}

}  // namespace semscope::results
