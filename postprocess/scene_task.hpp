#pragma once

#include "selection.hpp"
#include "semscope/results/statistics_reader.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace semscope::postprocess {

/// What a program that draws pictures of scenes is asked for.
struct SceneTask {
    std::unique_ptr<results::StatisticsReader> file;
    Output output;
    std::vector<figure::Format> formats;
    std::vector<std::uint64_t> scenes;
};

/// Opens output.statistics and checks the options that choose scenes, formats and folder. Local. Throws InputError that
/// lists all that is wrong; nothing has been written then.
SceneTask prepare_scenes(const app::Options& options);

}  // namespace semscope::postprocess
