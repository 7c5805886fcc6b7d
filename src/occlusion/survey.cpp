#include "semscope/occlusion/survey.hpp"

#include "known_inputs.hpp"
#include "semscope/comm/agreement.hpp"
#include "semscope/core/prefetcher.hpp"
#include "semscope/results/occlusion_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace semscope::occlusion {

Range Plan::images_of(int rank) const {
    const auto r = static_cast<std::size_t>(rank);
    return {boundaries.at(r), boundaries.at(r + 1)};
}

double Plan::imbalance() const {
    if (total == 0) return 1;
    const auto most = *std::max_element(forwards.begin(), forwards.end());
    return static_cast<double>(most) * static_cast<double>(forwards.size()) / static_cast<double>(total);
}

Plan make_plan(std::span<const std::uint64_t> variant_offsets, int ranks) {
    const std::vector<std::uint8_t> pending(variant_offsets.size() - 1,
                                            static_cast<std::uint8_t>(results::ImageStatus::pending));
    return make_plan(variant_offsets, pending, ranks);
}

Plan make_plan(std::span<const std::uint64_t> variant_offsets, std::span<const std::uint8_t> status, int ranks,
               std::span<const std::uint32_t> further) {
    const auto is_pending = [&](std::size_t image) {
        return status[image] == static_cast<std::uint8_t>(results::ImageStatus::pending);
    };
    std::vector<std::uint64_t> cost(variant_offsets.size());
    Plan plan;
    for (std::size_t i = 0; i + 1 < cost.size(); ++i) {
        const std::uint64_t more = further.empty() || !is_pending(i) ? 0 : further[i];
        plan.further += more;
        cost[i + 1] = cost[i] + more + (is_pending(i) ? 1 + variant_offsets[i + 1] - variant_offsets[i] : 0);
    }
    plan.boundaries = comm::balanced_boundaries(cost, ranks);
    for (std::size_t r = 0; r + 1 < plan.boundaries.size(); ++r) {
        plan.forwards.push_back(cost[plan.boundaries[r + 1]] - cost[plan.boundaries[r]]);
        std::uint64_t images = 0;
        for (std::uint64_t i = plan.boundaries[r]; i < plan.boundaries[r + 1]; ++i) images += is_pending(i) ? 1 : 0;
        plan.images.push_back(images);
    }
    plan.total = cost.back();
    return plan;
}

namespace {

Finding inspect(const Source& source, std::size_t image) {
    Finding finding;
    const std::string_view path = source.images.path(image);
    std::optional<data::PhotoHeader> photo;
    data::LabelMap map;
    finding.problems.collect([&] { photo = source.photos.read_header(path); });
    finding.problems.collect([&] { map = source.labels.read(path, photo ? &*photo : nullptr); });
    if (!finding.problems.empty()) return finding;
    finding.label_digest = map.file_digest;
    finding.turned = photo->orientation != 1;
    try {
        const auto crop = data::resize_and_crop_labels(source.geometry, map.size, map.labels);
        finding.classes = data::present_classes(crop, source.min_pixels);
        finding.crop = pack_labels(crop);
    } catch (const InputError& error) {
        finding.problems.add(fmt::format("{}: {}", source.photo_name(image), error.what()));
    }
    return finding;
}

/// Findings of a number of images, in their order, made by the rank's workers ahead of their use.
template <class Make, class Take>
void for_each_finding(const SurveyArguments& arguments, std::size_t count, Make&& make, Take&& take) {
    const std::size_t ahead = 8 * static_cast<std::size_t>(arguments.workers);
    Prefetcher<Finding> findings(count, arguments.workers, ahead, make);
    for (std::size_t i = 0; auto finding = findings.next(); ++i) {
        Finding& found = *finding;
        for (const std::string& problem : found.problems.list()) arguments.problems.add(problem);
        take(i, std::move(found));
        if (arguments.on_image) arguments.on_image();
    }
}

/// Surveys images of which nothing is known; offsets count from 0 until all ranks are known.
results::SurveyRows survey_new(const SurveyArguments& arguments, comm::Range share, Survey& survey) {
    const Source& source = arguments.source;
    results::SurveyRows rows;
    rows.images = share;
    const auto make = [&](std::size_t i) { return inspect(source, share.begin + i); };
    for_each_finding(arguments, share.size(), make, [&](std::size_t i, Finding finding) {
        const std::uint64_t image = share.begin + i;
        survey.crops.keep(image, std::move(finding.crop));
        survey.turned += finding.turned ? 1 : 0;
        rows.scene.push_back(source.images.scene(image));
        rows.label_digest.push_back(finding.label_digest);
        rows.variant_offset.push_back(rows.variant_image.size());
        for (const auto& [semantic, pixels] : finding.classes) {
            rows.variant_image.push_back(static_cast<std::uint32_t>(image));
            rows.variant_semantic.push_back(semantic);
            rows.variant_pixels.push_back(pixels);
        }
    });
    return rows;
}

/// Reads what may have changed of the images of a file that is continued.
void survey_known(const SurveyArguments& arguments, LabelCrops& crops) {
    const Source& source = arguments.source;
    const KnownInputs& known = *arguments.known;
    const std::vector<std::size_t> to_read = images_to_read(known);
    const auto make = [&](std::size_t i) {
        const std::uint64_t image = known.rows.images.begin + to_read[i];
        if (!is_pending(known, to_read[i])) return verify_digests(source, known, to_read[i]);
        Finding finding = inspect(source, image);
        if (finding.problems.empty()) compare_label_map(source, known, to_read[i], finding);
        return finding;
    };
    for_each_finding(arguments, to_read.size(), make, [&](std::size_t i, Finding finding) {
        if (is_pending(known, to_read[i])) crops.keep(known.rows.images.begin + to_read[i], std::move(finding.crop));
    });
    compare_scenes(source, known, arguments.problems);
}

}  // namespace

Survey survey(const SurveyArguments& arguments) {
    const comm::Communicator& communicator = arguments.communicator;
    Survey result;
    result.images = arguments.source.images.size();
    result.rows = comm::agree(communicator, [&] {
        if (arguments.known == nullptr)
            return survey_new(arguments, comm::even_share(result.images, communicator.rank(), communicator.size()),
                              result);
        survey_known(arguments, result.crops);
        return arguments.known->rows;
    });
    if (arguments.known != nullptr) {
        result.variants = communicator.sum(result.rows.variants.size());
        // The offsets of all ranks, one behind the other, are those of all images.
        if (communicator.rank() < communicator.size() - 1) result.rows.variant_offset.pop_back();
        return result;
    }

    results::SurveyRows& rows = result.rows;
    const std::uint64_t found = rows.variant_image.size();
    const std::uint64_t first = communicator.exclusive_scan(found);
    result.variants = communicator.sum(found);
    result.turned = communicator.sum(result.turned);
    rows.variants = {first, first + found};
    for (std::uint64_t& offset : rows.variant_offset) offset += first;
    if (communicator.rank() == communicator.size() - 1) rows.variant_offset.push_back(result.variants);
    return result;
}

std::vector<std::uint64_t> gather_offsets(const Survey& survey, const comm::Communicator& communicator) {
    return communicator.all_gather(survey.rows.variant_offset);
}

}  // namespace semscope::occlusion
