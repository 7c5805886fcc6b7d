#include "statistics_schema.hpp"

#include <fmt/format.h>

#include <array>
#include <span>

namespace semscope::results {

namespace {

struct ColumnInfo {
    const char* name;
    const char* long_name;
};

/// "{}" stands for what the statistics are of.
constexpr std::array<ColumnInfo, column_count> column_infos{
    {{"mean", "mean {} over all images of the set, absent classes counting 0"},
     {"mean_present", "mean {} over the images where the class is present"},
     {"std", "population standard deviation over all images of the set"},
     {"min", "smallest {}"},
     {"q1", "first quartile, linear interpolation (type 7)"},
     {"median", "median"},
     {"q3", "third quartile, linear interpolation (type 7)"},
     {"max", "largest {}"},
     {"whisker_low", "smallest {} within 1.5 interquartile ranges below q1"},
     {"whisker_high", "largest {} within 1.5 interquartile ranges above q3"},
     {"ci_low", "lower end of the 95 % bootstrap interval of the mean"},
     {"ci_high", "upper end of the 95 % bootstrap interval of the mean"},
     {"p_value", "two-sided sign-flip permutation test of the mean; NaN = class never present"},
     {"q_value", "p_value after Benjamini-Hochberg correction within the scene; NaN = class never present"}}};

/// Adds the columns, which stand between other datasets of the group.
std::vector<Field<double>> add_columns(Schema& schema, const std::string& group, const std::string& quantity,
                                       const std::vector<Part>& parts) {
    std::vector<Field<double>> fields;
    fields.reserve(column_infos.size());
    for (const ColumnInfo& column : column_infos) {
        fields.push_back(schema.add<double>({.path = group + column.name,
                                             .dimensions = {Dimension::scene, Dimension::semantic},
                                             .long_name = fmt::format(fmt::runtime(column.long_name), quantity),
                                             .units = "1",
                                             .parts = parts}));
    }
    return fields;
}

constexpr std::array<ColumnInfo, area_column_count> area_infos{
    {{"mean", "mean area"},
     {"ci_low", "lower end of its 95 % bootstrap interval"},
     {"ci_high", "upper end of its 95 % bootstrap interval"},
     {"minus_random", "mean paired difference to the random order"},
     {"minus_random_ci_low", "lower end of its 95 % bootstrap interval"},
     {"minus_random_ci_high", "upper end of its 95 % bootstrap interval"},
     {"minus_area", "mean paired difference to the order by area"},
     {"minus_area_ci_low", "lower end of its 95 % bootstrap interval"},
     {"minus_area_ci_high", "upper end of its 95 % bootstrap interval"}}};

constexpr std::array<ColumnInfo, curve_column_count> curve_infos{
    {{"deletion", "mean deletion curve: probability of the predicted scene, this share of the classes inhibited"},
     {"deletion_ci_low", "lower end of its 95 % bootstrap interval"},
     {"deletion_ci_high", "upper end of its 95 % bootstrap interval"},
     {"insertion", "mean insertion curve: probability of the predicted scene, this share of the classes revealed"},
     {"insertion_ci_low", "lower end of its 95 % bootstrap interval"},
     {"insertion_ci_high", "upper end of its 95 % bootstrap interval"}}};

/// Columns that only files with a part have.
std::vector<Field<double>> add_part(Schema& schema, std::span<const ColumnInfo> infos, const std::string& group,
                                    const std::string& images, const std::vector<Dimension>& dimensions, Part part) {
    std::vector<Field<double>> fields;
    fields.reserve(infos.size());
    for (const ColumnInfo& column : infos)
        fields.push_back(schema.add<double>({.path = group + column.name,
                                             .dimensions = dimensions,
                                             .long_name = column.long_name + images,
                                             .units = "1",
                                             .parts = {part}}));
    return fields;
}

constexpr std::array<ColumnInfo, interaction_column_count> interaction_infos{
    {{"mean",
      "mean interaction over them; negative: the classes stand in for each other, positive: they need each other"},
     {"ci_low", "lower end of its 95 % bootstrap interval"},
     {"ci_high", "upper end of its 95 % bootstrap interval"},
     {"p_value", "two-sided sign-flip permutation test of the mean"},
     {"q_value", "p_value after Benjamini-Hochberg correction within the scene"}}};

std::string group_of(InteractionScene scene) { return fmt::format("/interaction/{}/", name_of(scene)); }

Dimension pairs_of(InteractionScene scene) {
    return scene == InteractionScene::predicted ? Dimension::predicted_pair : Dimension::truth_pair;
}

std::string group_of(const SetSpec& set) { return fmt::format("/deviation/{}/", set.name); }

std::vector<DeviationFields> add_deviations(Schema& schema, const std::vector<SetSpec>& sets) {
    std::vector<DeviationFields> fields;
    fields.reserve(sets.size());
    for (const SetSpec& set : sets) fields.emplace_back(schema, set);
    return fields;
}

std::vector<ShapleyFields> add_shapley(Schema& schema, const std::vector<SetSpec>& sets) {
    std::vector<ShapleyFields> fields;
    fields.reserve(sets.size());
    for (const SetSpec& set : sets) fields.emplace_back(schema, set);
    return fields;
}

}  // namespace

ShapleyFields::ShapleyFields(Schema& schema, const SetSpec& set)
    : columns(add_columns(schema, fmt::format("/shapley/{}/", set.name), "Shapley value", {Part::shapley})),
      sample_value(schema.add<float>(
          {.path = fmt::format("/shapley/{}/sample_value", set.name),
           .dimensions = {set.sample},
           .long_name = fmt::format("Shapley value, in the order of /deviation/{}/sample_value", set.name),
           .units = "1",
           .parts = {Part::shapley}})) {}

InteractionFields::InteractionFields(Schema& schema, InteractionScene scene)
    : offset(schema.add<std::uint64_t>(
          {.path = group_of(scene) + "offset",
           .dimensions = {Dimension::scene_boundary},
           .long_name = fmt::format("pairs of classes of scene c are entries offset[c] .. offset[c+1]: in {}",
                                    scene == InteractionScene::predicted ? "the images predicted as it" : "its images"),
           .units = "1",
           .parts = {Part::interactions}})),
      first(schema.add<std::uint16_t>({.path = group_of(scene) + "first",
                                       .dimensions = {pairs_of(scene)},
                                       .long_name = "class of the pair, the lower one; pairs ascend within a scene",
                                       .units = "1",
                                       .parts = {Part::interactions}})),
      second(schema.add<std::uint16_t>({.path = group_of(scene) + "second",
                                        .dimensions = {pairs_of(scene)},
                                        .long_name = "class of the pair, the higher one",
                                        .units = "1",
                                        .parts = {Part::interactions}})),
      images(schema.add<std::uint32_t>({.path = group_of(scene) + "images",
                                        .dimensions = {pairs_of(scene)},
                                        .long_name = "images where both classes are present",
                                        .units = "image",
                                        .parts = {Part::interactions}})),
      columns(add_part(schema, interaction_infos, group_of(scene), "", {pairs_of(scene)}, Part::interactions)) {}

DeviationFields::DeviationFields(Schema& schema, const SetSpec& set)
    : images(schema.add<std::uint32_t>({.path = group_of(set) + "images",
                                        .dimensions = {Dimension::scene},
                                        .long_name = set.images,
                                        .units = "image"})),
      present(schema.add<std::uint32_t>({.path = group_of(set) + "present",
                                         .dimensions = {Dimension::scene, Dimension::semantic},
                                         .long_name = "of them, those where the class is present",
                                         .units = "image"})),
      columns(add_columns(schema, group_of(set), "deviation", {})),
      sample_offset(schema.add<std::uint64_t>(
          {.path = group_of(set) + "sample_offset",
           .dimensions = {Dimension::sample_boundary},
           .long_name = "deviations of scene c and class s are entries sample_offset[c*S+s] .. sample_offset[c*S+s+1]",
           .units = "1"})),
      sample_value(schema.add<float>(
          {.path = group_of(set) + "sample_value",
           .dimensions = {set.sample},
           .long_name =
               "deviation of an image where the class is present, in image order; absent ones are 0 and not stored",
           .units = "1"})),
      sample_image(schema.add<std::uint32_t>({.path = group_of(set) + "sample_image",
                                              .dimensions = {set.sample},
                                              .long_name = "index of that image in the occlusion file",
                                              .units = "1"})) {}

namespace {

/// A dataset of /image, with a number for each image.
template <class T>
Field<T> add_of_image(Schema& schema, const std::string& name, const std::string& long_name,
                      const std::string& units = "1") {
    return schema.add<T>({.path = "/image/" + name,
                          .dimensions = {Dimension::image},
                          .long_name = long_name,
                          .units = units,
                          .since = statistics_version_of_images});
}

}  // namespace

ImageFields::ImageFields(Schema& schema)
    : path(add_of_image<std::string>(schema, "path", "path of the image, as listed", "")),
      status(add_of_image<std::uint8_t>(
          schema, "status",
          "0 pending, 1 done, 2 unreadable, 3 no finite score; the other datasets have 0, -1 or NaN unless it is 1")),
      scene(add_of_image<std::int32_t>(schema, "scene", "true scene; -1 = unknown")),
      predicted(add_of_image<std::int32_t>(schema, "predicted", "most probable scene; -1 = none")),
      scene_probability(add_of_image<float>(schema, "scene_probability", "probability of the true scene")),
      predicted_probability(add_of_image<float>(schema, "predicted_probability", "probability of the predicted scene")),
      rank(add_of_image<std::uint32_t>(
          schema, "rank", "place of the true scene in the order of falling probability, from 1; 0 = unknown")),
      loss(add_of_image<float>(schema, "loss", "cross-entropy of the true scene", "nat")),
      correct(add_of_image<std::uint8_t>(schema, "correct", "1 = the true scene is predicted")),
      supporting(add_of_image<std::uint16_t>(
          schema, "supporting", "class with the largest positive deviation of the predicted scene; 0 = none")),
      supporting_deviation(add_of_image<float>(schema, "supporting_deviation", "that deviation; 0 = none")),
      opposing(add_of_image<std::uint16_t>(schema, "opposing",
                                           "class with the most negative deviation of the predicted scene; 0 = none")),
      opposing_deviation(add_of_image<float>(schema, "opposing_deviation", "that deviation; 0 = none")),
      distractor(add_of_image<std::uint16_t>(
          schema, "distractor", "of a missed image, the strongest distractor of the true scene; 0 = none")),
      flip_offset(schema.add<std::uint64_t>(
          {.path = "/image/flip_offset",
           .dimensions = {Dimension::image_boundary},
           .long_name = "flip distractors of image i are entries flip_offset[i] .. flip_offset[i+1] of /image/flip",
           .units = "1",
           .since = statistics_version_of_images})),
      flip(schema.add<std::uint16_t>({.path = "/image/flip",
                                      .dimensions = {Dimension::image_flip},
                                      .long_name = "class without which a missed image is recognised, ascending",
                                      .units = "1",
                                      .since = statistics_version_of_images})) {}

StatisticsSchema::StatisticsSchema(const std::vector<SetSpec>& sets)
    : Schema(
          {statistics_format, statistics_format_version, oldest_statistics_version, "a statistics file"},
          {scene, predicted_scene, semantic, sample_boundary, correct_sample, predicted_sample, image, image_boundary,
           image_flip, faithfulness_area, order_kind, curve_point, scene_boundary, predicted_pair, truth_pair}),
      deviations(add_deviations(*this, sets)),
      scene_areas(add_part(*this, area_infos, "/faithfulness/scene/", ", over these images",
                           {scene, faithfulness_area, order_kind}, Part::curves)),
      overall_areas(add_part(*this, area_infos, "/faithfulness/all/", ", over all images",
                             {faithfulness_area, order_kind}, Part::curves)),
      scene_curves(add_part(*this, curve_infos, "/faithfulness/scene/", ", over these images",
                            {scene, order_kind, curve_point}, Part::curves)),
      overall_curves(add_part(*this, curve_infos, "/faithfulness/all/", ", over all images", {order_kind, curve_point},
                              Part::curves)),
      shapley_values(add_shapley(*this, sets)),
      interactions{{*this, InteractionScene::predicted}, {*this, InteractionScene::truth}} {}

const StatisticsSchema& statistics_schema() {
    static const StatisticsSchema schema(
        {{name_of(DeviationSet::correct), "images of the scene that are recognised (TP)", Dimension::correct_sample},
         {name_of(DeviationSet::predicted), "images predicted as the scene (Det)", Dimension::predicted_sample}});
    return schema;
}

StatisticsSchema documented_statistics_schema() {
    return StatisticsSchema({{"SET", "images of the set", Dimension::correct_sample}});
}

}  // namespace semscope::results
