#include "report.hpp"
#include "semscope/core/json.hpp"
#include "semscope/inspection/inspection.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace semscope::inspection {

namespace {

struct Counts {
    std::array<std::uint64_t, 4> status{};  ///< pending, done, unreadable, not finite
    std::uint64_t judged = 0;               ///< done images of known scene
    std::uint64_t correct = 0;
};

/// Reads in blocks, so that a file of any size fits.
Counts count(const results::OcclusionReader& file) {
    Counts counts;
    constexpr std::uint64_t block = 1024;
    for (std::uint64_t begin = 0; begin < file.images(); begin += block) {
        const results::Range images{begin, std::min(begin + block, file.images())};
        const auto status = file.image_status(images);
        const auto scene = file.image_scenes(images);
        const auto rows = file.image_probabilities(images);
        const auto length = static_cast<std::ptrdiff_t>(file.scenes());
        for (std::size_t i = 0; i < status.size(); ++i) {
            if (status[i] < counts.status.size()) ++counts.status[status[i]];
            if (status[i] != stored(results::ImageStatus::done) || scene[i] < 0) continue;
            const auto row = rows.begin() + static_cast<std::ptrdiff_t>(i) * length;
            ++counts.judged;
            if (std::max_element(row, row + length) - row == scene[i]) ++counts.correct;
        }
    }
    return counts;
}

/// What the file holds besides deviations, "" when it is nothing.
std::string describe_attributions(const results::OcclusionReader& file) {
    std::vector<std::string> parts;
    if (file.has_shapley()) parts.emplace_back("Shapley values");
    if (file.has_curves()) parts.push_back(fmt::format("curves in {} orders", file.orders().size()));
    if (file.has_interactions()) parts.push_back(fmt::format("interactions of {} pairs", file.pairs()));
    return fmt::format("{}", fmt::join(parts, ", "));
}

double per_cent(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::string occlusion_summary(const results::OcclusionReader& file) {
    const Counts counts = count(file);
    std::string out = fmt::format("occlusion file, {}\n", file.complete() ? "complete" : "not complete");
    out += fmt::format("  images      {} ({} done, {} unreadable, {} without finite scores, {} pending)\n",
                       file.images(), counts.status[1], counts.status[2], counts.status[3], counts.status[0]);
    out += fmt::format(
        "  variants    {} ({:.2f} an image)\n", file.variants(),
        file.images() == 0 ? 0.0 : static_cast<double>(file.variants()) / static_cast<double>(file.images()));
    out += fmt::format("  scenes      {}\n  semantics   {} and unlabelled\n", file.scenes(), file.semantics() - 1);
    out += fmt::format("  top-1       {:.2f} % of {} images of known scene\n", per_cent(counts.correct, counts.judged),
                       counts.judged);
    if (const std::string parts = describe_attributions(file); !parts.empty())
        out += fmt::format("  attribution {}\n", parts);
    out += fmt::format("  ranks       {}\n", file.ranks());
    visit_provenance(
        file, [&](const char* name, const std::string& text) { out += fmt::format("  {:<20} {}\n", name, text); });
    return out + "configuration:\n" + file.attribute("configuration");
}

std::string occlusion_json(const results::OcclusionReader& file) {
    const Counts counts = count(file);
    nlohmann::ordered_json json{{"format", results::occlusion_format},
                                {"format_version", file.format_version()},
                                {"complete", file.complete()},
                                {"images", file.images()},
                                {"pending", counts.status[0]},
                                {"done", counts.status[1]},
                                {"unreadable", counts.status[2]},
                                {"not_finite", counts.status[3]},
                                {"variants", file.variants()},
                                {"scenes", file.scenes()},
                                {"semantics", file.semantics()},
                                {"judged", counts.judged},
                                {"top1", per_cent(counts.correct, counts.judged)},
                                {"ranks", file.ranks()}};
    if (file.has_shapley()) json["shapley"] = true;
    if (file.has_curves()) json["orders"] = file.orders();
    if (file.has_interactions()) json["pairs"] = file.pairs();
    visit_provenance(file, [&](const char* name, const std::string& text) { json[name] = text; });
    json["configuration"] = file.attribute("configuration");
    return json_text(json);
}

ExitCode check_occlusion(const results::OcclusionReader& file, const std::filesystem::path& path) {
    return conclude_check(path, results::check_occlusion_content(file),
                          fmt::format("{} images, {} variants: schema and content are sound{}", file.images(),
                                      file.variants(), file.complete() ? "" : " as far as the run has come"));
}

}  // namespace semscope::inspection
