#pragma once

#include "semscope/app/options.hpp"
#include "semscope/results/occlusion_reader.hpp"
#include "semscope/results/statistics_reader.hpp"

namespace semscope::postprocess {

/// Opens output.statistics. Where output.occlusion exists as well, the two must belong together, since their pictures
/// go to one folder. Local. Throws InputError when they do not, or when one of them cannot be read.
results::StatisticsReader open_statistics(const app::Options& options);

/// Opens output.occlusion, in the same manner. Local.
results::OcclusionReader open_occlusion(const app::Options& options);

}  // namespace semscope::postprocess
