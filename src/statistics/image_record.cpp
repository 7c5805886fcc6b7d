#include "semscope/statistics/image_record.hpp"

#include "semscope/statistics/deviation.hpp"

#include <algorithm>

namespace semscope::statistics {
namespace {

ImageReport start_report(std::uint32_t image, std::uint32_t scene, const ImageRows& rows,
                         std::span<const std::uint32_t> pixels, const ImageScore& score) {
    ImageReport report{{.image = image,
                        .scene = scene,
                        .truth = score.scene,
                        .predicted = score.predicted,
                        .classes = static_cast<std::uint32_t>(rows.variants())},
                       std::vector<ClassRecord>(rows.variants())};
    for (std::size_t i = 0; i < rows.variants(); ++i) {
        report.classes[i].semantic = rows.semantic[i];
        report.classes[i].pixels = pixels[i];
    }
    return report;
}

/// For the scene of an image that was taken for another.
ImageReport report_missed(std::uint32_t image, const ImageRows& rows, std::span<const std::uint32_t> pixels,
                          const ImageScore& score, std::size_t semantics) {
    const auto truth = static_cast<std::uint32_t>(score.scene);
    ImageReport report = start_report(image, truth, rows, pixels, score);
    const std::vector<std::uint16_t> flips = flip_distractors(rows, truth);
    if (flips.empty()) return report;  // the strongest distractor is one of them
    const auto strongest = strongest_distractor(rows, semantics, truth);
    for (ClassRecord& each : report.classes) {
        each.flip = std::binary_search(flips.begin(), flips.end(), each.semantic) ? 1 : 0;
        each.strongest = strongest == each.semantic ? 1 : 0;
    }
    return report;
}

}  // namespace

std::vector<ImageReport> report_image(std::uint32_t image, const ImageRows& rows, std::span<const std::uint32_t> pixels,
                                      const ImageScore& score, std::size_t semantics) {
    std::vector<ImageReport> reports{start_report(image, score.predicted, rows, pixels, score)};
    const std::vector<float> values = deviations(rows, score.predicted);
    for (std::size_t i = 0; i < values.size(); ++i) {
        reports[0].classes[i].deviation = values[i];
        if (!rows.shapley.empty()) reports[0].classes[i].shapley = rows.shapley[i * rows.scenes() + score.predicted];
    }
    if (score.known() && !score.correct()) reports.push_back(report_missed(image, rows, pixels, score, semantics));
    return reports;
}

}  // namespace semscope::statistics
