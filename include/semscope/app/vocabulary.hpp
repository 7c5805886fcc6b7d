#pragma once

#include "semscope/app/options.hpp"

#include <vector>

namespace semscope::app {

/// The options that programs share, by group. Each is declared once, here: name, default, range and help.
std::vector<OptionSpec> data_options();
std::vector<OptionSpec> label_options();
std::vector<OptionSpec> preprocess_options();
std::vector<OptionSpec> model_options();
std::vector<OptionSpec> occlusion_options();
std::vector<OptionSpec> run_options();
std::vector<OptionSpec> output_options();

}  // namespace semscope::app
