#include "semscope/statistics/image_result.hpp"

#include <limits>

namespace semscope::statistics {
namespace {

constexpr float none = std::numeric_limits<float>::quiet_NaN();

}  // namespace

StrongestClass strongest_supporting(const ImageReport& report) {
    StrongestClass strongest;
    for (const ClassRecord& each : report.classes)
        if (each.deviation > strongest.deviation) strongest = {each.semantic, each.deviation};
    return strongest;
}

StrongestClass strongest_opposing(const ImageReport& report) {
    StrongestClass strongest;
    for (const ClassRecord& each : report.classes)
        if (each.deviation < strongest.deviation) strongest = {each.semantic, each.deviation};
    return strongest;
}

void append_done(results::ImageStatistics& rows, const ImageRows& image, const ImageScore& score,
                 const std::vector<ImageReport>& reports) {
    rows.status.push_back(static_cast<std::uint8_t>(results::ImageStatus::done));
    rows.scene.push_back(score.scene);
    rows.predicted.push_back(static_cast<std::int32_t>(score.predicted));
    rows.scene_probability.push_back(score.known() ? image.probability[static_cast<std::size_t>(score.scene)] : none);
    rows.predicted_probability.push_back(image.probability[score.predicted]);
    rows.rank.push_back(score.known() ? score.position + 1 : 0);
    rows.loss.push_back(score.known() ? score.loss : none);
    rows.correct.push_back(score.correct() ? 1 : 0);
    const StrongestClass supporting = strongest_supporting(reports.front());
    const StrongestClass opposing = strongest_opposing(reports.front());
    rows.supporting.push_back(supporting.semantic);
    rows.supporting_deviation.push_back(supporting.deviation);
    rows.opposing.push_back(opposing.semantic);
    rows.opposing_deviation.push_back(opposing.deviation);

    std::uint16_t distractor = 0;
    std::uint64_t flips = 0;
    if (reports.size() > 1)  // a missed image
        for (const ClassRecord& each : reports[1].classes) {
            if (each.strongest != 0) distractor = each.semantic;
            if (each.flip == 0) continue;
            rows.flip.push_back(each.semantic);
            ++flips;
        }
    rows.distractor.push_back(distractor);
    rows.flip_count.push_back(flips);
}

void append_without_result(results::ImageStatistics& rows, std::uint8_t status, std::int32_t scene) {
    rows.status.push_back(status);
    rows.scene.push_back(scene);
    rows.predicted.push_back(-1);
    for (auto* numbers : {&rows.scene_probability, &rows.predicted_probability, &rows.loss, &rows.supporting_deviation,
                          &rows.opposing_deviation})
        numbers->push_back(none);
    rows.rank.push_back(0);
    rows.correct.push_back(0);
    for (auto* classes : {&rows.supporting, &rows.opposing, &rows.distractor}) classes->push_back(0);
    rows.flip_count.push_back(0);
}

}  // namespace semscope::statistics
