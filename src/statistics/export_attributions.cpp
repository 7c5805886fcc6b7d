#include "export_attributions.hpp"

#include "semscope/core/csv.hpp"

#include <fmt/format.h>

#include <array>
#include <numeric>

namespace semscope::statistics {
namespace {

/// The rows [A,K] of one scene, or of all images.
void write_areas(std::ostream& out, const std::string& scene, const results::FaithfulnessRows& rows,
                 std::uint64_t images, const std::vector<std::string>& kinds) {
    constexpr std::array areas{"deletion", "deletion_pixels", "insertion", "insertion_pixels"};
    for (std::size_t a = 0; a < areas.size(); ++a)
        for (std::size_t k = 0; k < kinds.size(); ++k) {
            out << fmt::format("{},{},{},{}", csv_field(scene), areas.at(a), csv_field(kinds[k]), images);
            for (const auto& column : rows.columns) out << ',' << csv_number(column[a * kinds.size() + k]);
            out << '\n';
        }
}

}  // namespace

void write_faithfulness(std::ostream& out, const results::StatisticsReader& file, const SceneViews& views) {
    out << "scene,area,order,n,mean,ci_low,ci_high,minus_random,minus_random_ci_low,minus_random_ci_high,minus_area,"
           "minus_area_ci_low,minus_area_ci_high\n";
    const auto kinds = file.order_kinds();
    const auto images = file.faithfulness({0, file.scenes()}).images;
    write_areas(out, "", file.overall_faithfulness(), std::accumulate(images.begin(), images.end(), std::uint64_t{0}),
                kinds);
    for (std::uint64_t c = 0; c < views.size(); ++c)
        if (images[c] > 0) write_areas(out, views.scene_names()[c], file.faithfulness({c, c + 1}), images[c], kinds);
}

void write_interactions(std::ostream& out, const results::StatisticsReader& file, const SceneViews& views) {
    using results::InteractionColumn;
    out << "images,scene,first,second,n,mean,ci_low,ci_high,p,q\n";
    for (const auto of : {results::InteractionScene::predicted, results::InteractionScene::truth})
        for (std::uint64_t c = 0; c < views.size(); ++c) {
            const results::InteractionRows rows = file.interactions(of, {c, c + 1});
            for (std::size_t i = 0; i < rows.first.size(); ++i) {
                out << fmt::format("{},{},{},{},{}", results::name_of(of), csv_field(views.scene_names()[c]),
                                   csv_field(views.class_name(rows.first[i])),
                                   csv_field(views.class_name(rows.second[i])), rows.images[i]);
                for (const auto& column : rows.columns) out << ',' << csv_number(column[i]);
                out << '\n';
            }
        }
}

}  // namespace semscope::statistics
