#include "occlude_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

namespace semscope::bin {

std::string describe_plan(const occlusion::Plan& plan, std::uint64_t output_bytes) {
    const auto images = std::accumulate(plan.images.begin(), plan.images.end(), std::uint64_t{0});
    const std::uint64_t variants = plan.total - images;
    const auto [least, most] = std::minmax_element(plan.forwards.begin(), plan.forwards.end());
    std::string text = fmt::format("{} images, {} variants, {} forwards\n{} bytes of output ({:.3f} GB)\n", images,
                                   variants, plan.total, output_bytes, static_cast<double>(output_bytes) / 1e9);
    constexpr std::size_t few = 32;
    if (plan.forwards.size() <= few)
        text += fmt::format("{} ranks, forwards of each: {}; imbalance {:.3f}\n", plan.forwards.size(),
                            fmt::join(plan.forwards, " "), plan.imbalance());
    else
        text += fmt::format("{} ranks, {} to {} forwards each; imbalance {:.3f}\n", plan.forwards.size(), *least, *most,
                            plan.imbalance());
    return text;
}

void log_hints(const KeyValues& asked, const KeyValues& in_effect, const app::Log& log) {
    if (asked.empty()) return;
    std::vector<std::string> kept;
    std::vector<std::string> ignored;
    for (const auto& [key, value] : asked) {
        const auto same = [&key = key](const auto& other) { return other.first == key; };
        const auto found = std::find_if(in_effect.begin(), in_effect.end(), same);
        if (found == in_effect.end())
            ignored.push_back(key);
        else
            kept.push_back(fmt::format("{}={}", found->first, found->second));
    }
    if (!kept.empty()) log.info(fmt::format("MPI-IO hints in effect: {}", fmt::join(kept, ",")));
    if (!ignored.empty()) log.warning(fmt::format("MPI-IO hints that this MPI ignores: {}", fmt::join(ignored, ", ")));
}

}  // namespace semscope::bin
