#include "comparison_schema.hpp"

#include <fmt/format.h>

#include <array>

namespace semscope::results {

namespace {

struct ColumnInfo {
    const char* name;
    const char* long_name;
};

constexpr std::array<ColumnInfo, difference_column_count> column_infos{
    {{"mean_first", "mean deviation of the scene in the first file, absent classes counting 0"},
     {"mean_second", "mean deviation of the scene in the second file, absent classes counting 0"},
     {"mean", "mean of the paired differences, second - first"},
     {"ci_low", "lower end of the 95 % bootstrap interval of the mean difference"},
     {"ci_high", "upper end of the 95 % bootstrap interval of the mean difference"},
     {"p_value", "two-sided sign-flip permutation test of the mean difference; NaN = class never present"},
     {"q_value", "p_value after Benjamini-Hochberg correction within the scene; NaN = class never present"}}};

std::vector<Field<double>> add_columns(Schema& schema) {
    std::vector<Field<double>> fields;
    fields.reserve(column_infos.size());
    for (const ColumnInfo& column : column_infos)
        fields.push_back(schema.add<double>({.path = std::string("/difference/") + column.name,
                                             .dimensions = {Dimension::scene, Dimension::semantic},
                                             .long_name = column.long_name,
                                             .units = "1"}));
    return fields;
}

}  // namespace

SideFields::SideFields(Schema& schema, Side side)
    : predicted(schema.add<std::int32_t>(
          {.path = fmt::format("/image/predicted_{}", name_of(side)),
           .dimensions = {Dimension::image},
           .long_name = fmt::format("scene that the {} file predicts; -1 = no result", name_of(side))})),
      correct(schema.add<std::uint32_t>(
          {.path = fmt::format("/relevance/{}/images", name_of(side)),
           .dimensions = {Dimension::scene},
           .long_name = fmt::format("images of the scene that the {} file recognises (TP)", name_of(side)),
           .units = "image"})),
      correct_mean(
          schema.add<double>({.path = fmt::format("/relevance/{}/mean", name_of(side)),
                              .dimensions = {Dimension::scene, Dimension::semantic},
                              .long_name = fmt::format(
                                  "mean deviation over them in the {} file, absent classes counting 0", name_of(side)),
                              .units = "1"})),
      relevant(schema.add<std::uint8_t>({.path = fmt::format("/relevance/{}/relevant", name_of(side)),
                                         .dimensions = {Dimension::scene, Dimension::semantic},
                                         .long_name = "1: this mean is above statistics.relevant",
                                         .units = "1"})),
      alone(schema.add<std::uint32_t>(
          {.path = fmt::format("/recognised/{}_alone/images", name_of(side)),
           .dimensions = {Dimension::scene},
           .long_name = fmt::format("images of the scene that the {} file alone recognises", name_of(side)),
           .units = "image"})),
      necessary(schema.add<std::uint32_t>(
          {.path = fmt::format("/recognised/{}_alone/necessary", name_of(side)),
           .dimensions = {Dimension::scene, Dimension::semantic},
           .long_name =
               fmt::format("of them, those that the {} file does not recognise without the class", name_of(side)),
           .units = "image"})),
      flip(schema.add<std::uint32_t>(
          {.path = fmt::format("/recognised/{}_alone/flip", name_of(side)),
           .dimensions = {Dimension::scene, Dimension::semantic},
           .long_name = "of them, those that the other file, too, recognises without the class",
           .units = "image"})) {}

ComparisonSchema::ComparisonSchema()
    : Schema({comparison_format, comparison_format_version, comparison_format_version, "a comparison file"},
             {image, scene, semantic, explanation}),
      columns(add_columns(*this)),
      sides{SideFields(*this, Side::first), SideFields(*this, Side::second)} {}

const ComparisonSchema& comparison_schema() {
    static const ComparisonSchema schema;
    return schema;
}

}  // namespace semscope::results
