#pragma once

#include "schema.hpp"
#include "semscope/results/occlusion_file.hpp"

namespace semscope::results {

/// The table of occlusion.h5.
struct OcclusionSchema : Schema {
    using enum Dimension;

    OcclusionSchema()
        : Schema({occlusion_format, occlusion_format_version, 1, "an occlusion file"},
                 {image, image_boundary, variant, scene, semantic, order, pair}) {}

    Field<std::string> scene_name = add<std::string>(row_of_scene_name());
    Field<std::string> semantic_name = add<std::string>(row_of_semantic_name());
    Field<std::string> image_path = add<std::string>(row_of_image_path());
    Field<std::int32_t> image_scene = add<std::int32_t>(row_of_image_scene());
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

    Field<float> shapley = add<float>({.path = "/variant/shapley",
                                       .dimensions = {variant, scene},
                                       .long_name = "Shapley value of the class for each scene",
                                       .units = "1",
                                       .parts = {Part::shapley}});
    Field<float> shapley_error = add<float>({.path = "/variant/shapley_error",
                                             .dimensions = {variant, scene},
                                             .long_name = "standard error of the Shapley value; 0 = exact",
                                             .units = "1",
                                             .parts = {Part::shapley}});
    Field<std::uint32_t> coalitions =
        add<std::uint32_t>({.path = "/image/coalitions",
                            .dimensions = {image},
                            .long_name = "coalitions that the Shapley values of the image stand on",
                            .units = "forward",
                            .note = "all 2^n of n classes where they are exact",
                            .parts = {Part::shapley}});
    Field<float> probability_empty = add<float>({.path = "/image/probability_empty",
                                                 .dimensions = {image, scene},
                                                 .long_name = "probability of each scene, all classes inhibited",
                                                 .units = "1",
                                                 .note = "v of the empty coalition",
                                                 .parts = {Part::shapley, Part::curves}});

    Field<std::string> order_name = add<std::string>(
        {.path = "/order/name",
         .dimensions = {order},
         .long_name = "order in which the classes of an image are inhibited or revealed",
         .note = "deviation, shapley (where there are Shapley values), area, random 1, random 2 and so on",
         .parts = {Part::curves}});
    Field<std::uint16_t> step_semantic =
        add<std::uint16_t>({.path = "/variant/order",
                            .dimensions = {variant, order},
                            .long_name = "semantic class at step k of the order, in row variant_offset[i] + k - 1",
                            .note = "not the class of the variant in that row",
                            .parts = {Part::curves}});
    Field<float> deletion =
        add<float>({.path = "/variant/deletion",
                    .dimensions = {variant, order},
                    .long_name = "probability of the predicted scene, the first k classes of the order inhibited",
                    .units = "1",
                    .note = "row as above; k = 0 is in /image/probability",
                    .parts = {Part::curves}});
    Field<float> insertion = add<float>(
        {.path = "/variant/insertion",
         .dimensions = {variant, order},
         .long_name = "probability of the predicted scene, all but the first k classes of the order inhibited",
         .units = "1",
         .note = "row as above; k = 0 is in /image/probability_empty",
         .parts = {Part::curves}});
    Field<float> deletion_area = add_area("deletion_area", "deletion curve against the share of the classes");
    Field<float> deletion_area_pixels =
        add_area("deletion_area_pixels", "deletion curve against the share of the classes' pixels");
    Field<float> insertion_area = add_area("insertion_area", "insertion curve against the share of the classes");
    Field<float> insertion_area_pixels =
        add_area("insertion_area_pixels", "insertion curve against the share of the classes' pixels");
    Field<std::uint32_t> flip_count = add<std::uint32_t>(
        {.path = "/image/flip_count",
         .dimensions = {image, order},
         .long_name = "classes that must go, in this order, until the predicted scene changes; 0 = it never does",
         .parts = {Part::curves}});

    Field<std::uint64_t> pair_offset =
        add<std::uint64_t>({.path = "/image/pair_offset",
                            .dimensions = {image_boundary},
                            .long_name = "pairs of classes of image i are rows pair_offset[i] .. pair_offset[i+1]",
                            .parts = {Part::interactions}});
    Field<std::uint32_t> pair_image = add<std::uint32_t>({.path = "/pair/image",
                                                          .dimensions = {pair},
                                                          .long_name = "image that the pair of classes is in",
                                                          .parts = {Part::interactions}});
    Field<std::uint16_t> pair_first = add<std::uint16_t>({.path = "/pair/first",
                                                          .dimensions = {pair},
                                                          .long_name = "semantic class of the pair, the lower one",
                                                          .parts = {Part::interactions}});
    Field<std::uint16_t> pair_second = add<std::uint16_t>({.path = "/pair/second",
                                                           .dimensions = {pair},
                                                           .long_name = "semantic class of the pair, the higher one",
                                                           .parts = {Part::interactions}});
    Field<float> interaction_predicted =
        add<float>({.path = "/pair/interaction_predicted",
                    .dimensions = {pair},
                    .long_name = "p - p_s - p_t + p_st of the predicted scene",
                    .units = "1",
                    .note = "negative: the classes stand in for each other; positive: they need each other",
                    .parts = {Part::interactions}});
    Field<float> interaction_truth =
        add<float>({.path = "/pair/interaction_truth",
                    .dimensions = {pair},
                    .long_name = "p - p_s - p_t + p_st of the true scene; NaN = unknown scene",
                    .units = "1",
                    .parts = {Part::interactions}});

    const Field<float>& curve_area(CurveArea area) const {
        switch (area) {
            case CurveArea::deletion:
                return deletion_area;
            case CurveArea::deletion_pixels:
                return deletion_area_pixels;
            case CurveArea::insertion:
                return insertion_area;
            default:
                return insertion_area_pixels;
        }
    }

  private:
    Field<float> add_area(const std::string& name, const std::string& of) {
        return add<float>({.path = "/image/" + name,
                           .dimensions = {image, order},
                           .long_name = "area under the " + of + "; NaN = no classes",
                           .units = "1",
                           .parts = {Part::curves}});
    }
};

inline const OcclusionSchema& occlusion_schema() {
    static const OcclusionSchema schema;
    return schema;
}

/// What a file holds besides the deviations. Collective for a file of all ranks. Throws InputError when the names of
/// its orders are none.
AttributionLayout attribution_of(const hdf5::File& file);

}  // namespace semscope::results
