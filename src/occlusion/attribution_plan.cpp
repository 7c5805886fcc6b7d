#include "known_inputs.hpp"
#include "semscope/attribution/evaluation.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/occlusion/survey.hpp"

#include <fmt/format.h>

namespace semscope::occlusion {

namespace {

/// Pairs of n classes.
std::uint64_t pairs_of(std::uint64_t classes) { return classes == 0 ? 0 : classes * (classes - 1) / 2; }

/// Variants of image i of a share, whose last image may have no offset behind it.
Range variants_of(const results::SurveyRows& rows, std::size_t i) {
    const auto& offsets = rows.variant_offset;
    return {offsets[i], i + 1 < offsets.size() ? offsets[i + 1] : rows.variants.end};
}

/// The pairs of a share, counted from 0 until all ranks are known.
results::PairRows list_pairs(const results::SurveyRows& rows) {
    results::PairRows pairs;
    for (std::size_t i = 0; i < rows.images.size(); ++i) {
        const Range variants = variants_of(rows, i);
        pairs.offset.push_back(pairs.image.size());
        for (std::uint64_t s = variants.begin; s < variants.end; ++s)
            for (std::uint64_t t = s + 1; t < variants.end; ++t) {
                pairs.image.push_back(static_cast<std::uint32_t>(rows.images.begin + i));
                pairs.first.push_back(rows.variant_semantic[s - rows.variants.begin]);
                pairs.second.push_back(rows.variant_semantic[t - rows.variants.begin]);
            }
    }
    return pairs;
}

}  // namespace

std::vector<std::uint64_t> pair_offsets(std::span<const std::uint64_t> variant_offsets, Range images) {
    std::vector<std::uint64_t> offsets;
    std::uint64_t pairs = 0;
    for (std::uint64_t image = 0; image <= images.end; ++image) {
        if (image >= images.begin) offsets.push_back(pairs);
        if (image < images.end) pairs += pairs_of(variant_offsets[image + 1] - variant_offsets[image]);
    }
    return offsets;
}

namespace {

/// What the images of this rank's share take. Returns their pairs of classes.
std::uint64_t plan_share(const attribution::Settings& settings, const SurveyArguments& arguments, Survey& survey) {
    AttributionPlan& plan = survey.attribution;
    std::uint64_t pairs = 0;
    for (std::size_t i = 0; i < survey.rows.images.size(); ++i) {
        const std::uint64_t image = survey.rows.images.begin + i;
        const std::uint64_t classes = variants_of(survey.rows, i).size();
        pairs += pairs_of(classes);
        plan.further.push_back(0);
        if (arguments.known != nullptr && !is_pending(*arguments.known, i)) continue;
        if (const std::string problem = problem_with_budget(settings, classes); !problem.empty()) {
            arguments.problems.add(fmt::format("{} {}", arguments.source.photo_name(image), problem));
            continue;
        }
        const std::uint64_t forwards = attribution::planned_forwards(settings, image, classes);
        plan.further.back() = static_cast<std::uint32_t>(forwards - 1 - classes);
        if (settings.shapley != attribution::Shapley::off && attribution::all_fit(settings.budget, classes))
            ++plan.exact;
        if (arguments.on_image) arguments.on_image();
    }
    return pairs;
}

}  // namespace

void plan_attributions(const attribution::Settings& settings, const SurveyArguments& arguments, Survey& survey) {
    if (!settings.any()) return;
    const comm::Communicator& communicator = arguments.communicator;
    AttributionPlan& plan = survey.attribution;
    results::SurveyRows& rows = survey.rows;
    const std::uint64_t pairs = comm::agree(communicator, [&] { return plan_share(settings, arguments, survey); });
    plan.exact = communicator.sum(plan.exact);
    if (!settings.interactions) return;
    const std::uint64_t first = communicator.exclusive_scan(pairs);
    plan.pairs = communicator.sum(pairs);
    if (arguments.known != nullptr) return;  // they are in the file
    rows.pairs = comm::agree(communicator, [&] { return list_pairs(rows); });
    rows.pairs.pairs = {first, first + pairs};
    for (std::uint64_t& offset : rows.pairs.offset) offset += first;
    if (communicator.rank() == communicator.size() - 1) rows.pairs.offset.push_back(plan.pairs);
}

}  // namespace semscope::occlusion
