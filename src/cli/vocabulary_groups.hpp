#pragma once

#include "semscope/cli/vocabulary.hpp"

#include <vector>

/// The options of single groups, bound to their settings; vocabulary() puts all groups together. Local, pure.
namespace semscope::cli {

std::vector<OptionSpec> data_options(DataSettings& data);
std::vector<OptionSpec> label_options(LabelSettings& labels);
std::vector<OptionSpec> preprocess_options(PreprocessSettings& preprocess);
std::vector<OptionSpec> figure_options(FigureSettings& figures);
std::vector<OptionSpec> report_options(ReportSettings& report);

}  // namespace semscope::cli
