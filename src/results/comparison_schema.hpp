#pragma once

#include "schema.hpp"
#include "semscope/results/comparison_file.hpp"

#include <string>
#include <vector>

namespace semscope::results {

/// The datasets of one of the two files, in the table of comparison.h5.
struct SideFields {
    SideFields(Schema& schema, Side side);

    Field<std::int32_t> predicted;
    Field<std::uint32_t> correct;
    Field<double> correct_mean;
    Field<std::uint8_t> relevant;
    Field<std::uint32_t> alone;
    Field<std::uint32_t> necessary;
    Field<std::uint32_t> flip;
};

/// The table of comparison.h5.
struct ComparisonSchema : Schema {
    using enum Dimension;

    ComparisonSchema();

    const SideFields& side(Side side) const { return sides.at(static_cast<std::size_t>(side)); }

    Field<std::string> scene_name = add<std::string>(row_of_scene_name());
    Field<std::string> semantic_name = add<std::string>(row_of_semantic_name());
    Field<std::string> image_path = add<std::string>(row_of_image_path());
    Field<std::int32_t> image_scene = add<std::int32_t>(row_of_image_scene());
    Field<std::uint32_t> image_classes =
        add<std::uint32_t>({.path = "/image/classes",
                            .dimensions = {image},
                            .long_name = "semantic classes that are present in both files, whose order is compared",
                            .units = "1"});
    Field<float> image_rank_correlation = add<float>(
        {.path = "/image/rank_correlation",
         .dimensions = {image},
         .long_name = "Spearman correlation of the deviations of these classes in the first and the second file",
         .units = "1",
         .note = "of the true scene, or the one that the first file predicts where it is unknown; NaN = fewer than 2 "
                 "classes, or all deviations of a file are equal, or no result"});
    Field<std::uint32_t> difference_images =
        add<std::uint32_t>({.path = "/difference/images",
                            .dimensions = {scene},
                            .long_name = "images of the scene with a result in both files",
                            .units = "image"});
    Field<std::uint32_t> difference_present =
        add<std::uint32_t>({.path = "/difference/present",
                            .dimensions = {scene, semantic},
                            .long_name = "of them, those where the class is present in one of the files",
                            .units = "image"});
    std::vector<Field<double>> columns;  ///< by DifferenceColumn
    Field<std::uint32_t> rank_images = add<std::uint32_t>({.path = "/rank_correlation/images",
                                                           .dimensions = {scene},
                                                           .long_name = "images of the scene with a rank correlation",
                                                           .units = "image"});
    Field<double> rank_mean = add<double>({.path = "/rank_correlation/mean",
                                           .dimensions = {scene},
                                           .long_name = "mean rank correlation over them",
                                           .units = "1"});
    Field<double> rank_low = add<double>({.path = "/rank_correlation/ci_low",
                                          .dimensions = {scene},
                                          .long_name = "lower end of its 95 % bootstrap interval",
                                          .units = "1"});
    Field<double> rank_high = add<double>({.path = "/rank_correlation/ci_high",
                                           .dimensions = {scene},
                                           .long_name = "upper end of its 95 % bootstrap interval",
                                           .units = "1"});
    std::vector<SideFields> sides;  ///< by Side
    Field<double> jaccard =
        add<double>({.path = "/relevance/jaccard",
                     .dimensions = {scene},
                     .long_name = "classes that are relevant in both files / classes that are relevant in one of them",
                     .units = "1",
                     .note = "NaN = none is relevant"});
    Field<std::uint32_t> both = add<std::uint32_t>({.path = "/recognised/both",
                                                    .dimensions = {scene},
                                                    .long_name = "images of the scene that both files recognise",
                                                    .units = "image"});
    Field<std::uint32_t> neither = add<std::uint32_t>({.path = "/recognised/neither",
                                                       .dimensions = {scene},
                                                       .long_name = "images of the scene that neither file recognises",
                                                       .units = "image"});
    Field<std::uint32_t> explanation_image =
        add<std::uint32_t>({.path = "/explanation/image",
                            .dimensions = {explanation},
                            .long_name = "image that one file alone recognises, ascending",
                            .units = "1"});
    Field<std::uint16_t> explanation_semantic = add<std::uint16_t>({.path = "/explanation/semantic",
                                                                    .dimensions = {explanation},
                                                                    .long_name = "semantic class that explains it",
                                                                    .units = "1"});
    Field<std::uint8_t> explanation_role =
        add<std::uint8_t>({.path = "/explanation/role",
                           .dimensions = {explanation},
                           .long_name = "1: without the class the file that recognises the image does so no more "
                                        "(necessary); 2: without it the other file recognises it, too (flip); 3: both",
                           .units = "1"});
};

const ComparisonSchema& comparison_schema();

}  // namespace semscope::results
