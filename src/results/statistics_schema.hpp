#pragma once

#include "schema.hpp"
#include "semscope/results/statistics_file.hpp"

namespace semscope::results {

/// A set of images that has a group below /deviation.
struct SetSpec {
    std::string name;
    std::string images;  ///< long_name of its dataset images
    Dimension sample;    ///< its stored deviations
};

/// The datasets of a group below /shapley: what its set below /deviation does not have already. Values stand in the
/// order of the deviations.
struct ShapleyFields {
    ShapleyFields(Schema& schema, const SetSpec& set);

    const Field<double>& column(Column column) const { return columns.at(static_cast<std::size_t>(column)); }

    std::vector<Field<double>> columns;  ///< by Column
    Field<float> sample_value;
};

/// The datasets of a group below /interaction: the pairs of classes of each scene.
struct InteractionFields {
    InteractionFields(Schema& schema, InteractionScene scene);

    Field<std::uint64_t> offset;
    Field<std::uint16_t> first;
    Field<std::uint16_t> second;
    Field<std::uint32_t> images;
    std::vector<Field<double>> columns;  ///< by InteractionColumn
};

/// The datasets of a group below /deviation, in the table of statistics.h5.
struct DeviationFields {
    DeviationFields(Schema& schema, const SetSpec& set);

    const Field<double>& column(Column column) const { return columns.at(static_cast<std::size_t>(column)); }

    Field<std::uint32_t> images;
    Field<std::uint32_t> present;
    std::vector<Field<double>> columns;  ///< by Column
    Field<std::uint64_t> sample_offset;
    Field<float> sample_value;
    Field<std::uint32_t> sample_image;
};

/// The datasets of the group /image: what is known of each image of the occlusion file.
struct ImageFields {
    explicit ImageFields(Schema& schema);

    Field<std::string> path;
    Field<std::uint8_t> status;
    Field<std::int32_t> scene;
    Field<std::int32_t> predicted;
    Field<float> scene_probability;
    Field<float> predicted_probability;
    Field<std::uint32_t> rank;
    Field<float> loss;
    Field<std::uint8_t> correct;
    Field<std::uint16_t> supporting;
    Field<float> supporting_deviation;
    Field<std::uint16_t> opposing;
    Field<float> opposing_deviation;
    Field<std::uint16_t> distractor;
    Field<std::uint64_t> flip_offset;
    Field<std::uint16_t> flip;
};

/// The table of statistics.h5.
struct StatisticsSchema : Schema {
    using enum Dimension;

    /// The sets are those of DeviationSet; the documentation has one that stands for both.
    explicit StatisticsSchema(const std::vector<SetSpec>& sets);

    const DeviationFields& deviation(DeviationSet set) const { return deviations.at(static_cast<std::size_t>(set)); }

    Field<std::string> scene_name = add<std::string>(row_of_scene_name());
    Field<std::string> semantic_name = add<std::string>(row_of_semantic_name());
    Field<std::uint32_t> confusion =
        add<std::uint32_t>({.path = "/evaluation/confusion",
                            .dimensions = {scene, predicted_scene},
                            .long_name = "images by true scene (row) and predicted scene (column)",
                            .units = "image"});
    Field<std::uint32_t> scene_images = add<std::uint32_t>({.path = "/evaluation/scene_images",
                                                            .dimensions = {scene},
                                                            .long_name = "images of the scene",
                                                            .units = "image"});
    Field<std::uint32_t> scene_top1 =
        add<std::uint32_t>({.path = "/evaluation/scene_top1",
                            .dimensions = {scene},
                            .long_name = "images of the scene that are recognised: it is the most probable one",
                            .units = "image"});
    Field<std::uint32_t> scene_top2 =
        add<std::uint32_t>({.path = "/evaluation/scene_top2",
                            .dimensions = {scene},
                            .long_name = "images of the scene that have it among the 2 most probable",
                            .units = "image"});
    Field<std::uint32_t> scene_top5 =
        add<std::uint32_t>({.path = "/evaluation/scene_top5",
                            .dimensions = {scene},
                            .long_name = "images of the scene that have it among the 5 most probable",
                            .units = "image"});
    std::vector<DeviationFields> deviations;  ///< by DeviationSet
    Field<std::uint32_t> distractor_images =
        add<std::uint32_t>({.path = "/distractor/images",
                            .dimensions = {scene},
                            .long_name = "images of the scene that are not recognised (FN)",
                            .units = "image"});
    Field<std::uint32_t> strongest = add<std::uint32_t>(
        {.path = "/distractor/strongest",
         .dimensions = {scene, semantic},
         .long_name = "of them, those where the class's row has the largest entry of all, in the scene's column",
         .units = "image",
         .note = "the class is the strongest distractor"});
    Field<std::uint32_t> flip = add<std::uint32_t>({.path = "/distractor/flip",
                                                    .dimensions = {scene, semantic},
                                                    .long_name = "of them, those that are recognised without the class",
                                                    .units = "image"});
    Field<double> distribution_truth = add<double>(
        {.path = "/distribution/truth",
         .dimensions = {scene, semantic},
         .long_name = "share of the class in the labelled pixels of the scene's images: in the crop, of the classes "
                      "with at least occlusion.min-pixels, or with statistics.area = full in the whole label map",
         .units = "1"});
    Field<double> distribution_predicted = add<double>({.path = "/distribution/predicted",
                                                        .dimensions = {scene, semantic},
                                                        .long_name = "the same over the images predicted as the scene",
                                                        .units = "1"});
    Field<std::uint8_t> relevance = add<std::uint8_t>({.path = "/relevance/set",
                                                       .dimensions = {scene, semantic},
                                                       .long_name = "0 absent, 1 relevant, 2 irrelevant, 3 distracting",
                                                       .units = "1",
                                                       .note = "independent of significance"});
    ImageFields of_image{*this};
    Field<std::string> curve_area_name =
        add<std::string>({.path = "/faithfulness/area",
                          .dimensions = {faithfulness_area},
                          .long_name = "area under the curve of the predicted scene's probability",
                          .note = "deletion and insertion, against the number of classes, or (_pixels) their pixels",
                          .parts = {Part::curves}});
    Field<std::string> order_kind_name = add<std::string>(
        {.path = "/faithfulness/order",
         .dimensions = {order_kind},
         .long_name = "order of the classes: deviation, shapley (where there are Shapley values), area, "
                      "random (the mean of the random orders of an image)",
         .parts = {Part::curves}});
    Field<std::uint32_t> faithfulness_images =
        add<std::uint32_t>({.path = "/faithfulness/scene/images",
                            .dimensions = {scene},
                            .long_name = "images predicted as the scene that have classes",
                            .units = "image",
                            .parts = {Part::curves}});
    std::vector<Field<double>> scene_areas;    ///< by AreaColumn
    std::vector<Field<double>> overall_areas;  ///< by AreaColumn
    Field<double> curve_share = add<double>({.path = "/faithfulness/share",
                                             .dimensions = {curve_point},
                                             .long_name = "share of the classes that a point of the curves stands for",
                                             .units = "1",
                                             .parts = {Part::curves}});
    std::vector<Field<double>> scene_curves;    ///< by CurveColumn
    std::vector<Field<double>> overall_curves;  ///< by CurveColumn
    std::vector<ShapleyFields> shapley_values;  ///< by DeviationSet
    Field<std::uint8_t> shapley_relevance =
        add<std::uint8_t>({.path = "/relevance/shapley_set",
                           .dimensions = {scene, semantic},
                           .long_name = "the same by the mean Shapley value in place of the mean deviation",
                           .units = "1",
                           .parts = {Part::shapley}});
    std::vector<InteractionFields> interactions;  ///< by InteractionScene

    const ShapleyFields& shapley(DeviationSet set) const { return shapley_values.at(static_cast<std::size_t>(set)); }
    const InteractionFields& interaction(InteractionScene of) const {
        return interactions.at(static_cast<std::size_t>(of));
    }
};

const StatisticsSchema& statistics_schema();

/// The table with one group /deviation/SET.
StatisticsSchema documented_statistics_schema();

}  // namespace semscope::results
