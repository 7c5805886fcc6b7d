#include "source_files.hpp"

#include "semscope/results/identity.hpp"

#include <fmt/format.h>

namespace semscope::postprocess {

namespace {

bool exists(const app::Options& options, const std::string& name) {
    std::error_code ignored;
    return std::filesystem::exists(options.path(name), ignored);
}

void require_together(const app::Options& options, const results::StatisticsReader& statistics,
                      const results::OcclusionReader& occlusion) {
    if (!results::made_from(statistics, occlusion))
        throw InputError(
            fmt::format("{} was not made from {} as it now stands; run semscope-reduce again, or name the "
                        "files that belong together",
                        options.path("output.statistics").string(), options.path("output.occlusion").string()));
}

}  // namespace

results::StatisticsReader open_statistics(const app::Options& options) {
    results::StatisticsReader statistics(options.path("output.statistics"));
    if (exists(options, "output.occlusion"))
        require_together(options, statistics, results::OcclusionReader(options.path("output.occlusion")));
    return statistics;
}

results::OcclusionReader open_occlusion(const app::Options& options) {
    results::OcclusionReader occlusion(options.path("output.occlusion"));
    if (exists(options, "output.statistics"))
        require_together(options, results::StatisticsReader(options.path("output.statistics")), occlusion);
    return occlusion;
}

}  // namespace semscope::postprocess
