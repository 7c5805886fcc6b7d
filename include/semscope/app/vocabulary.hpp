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
std::vector<OptionSpec> statistics_options();
std::vector<OptionSpec> segment_options();
std::vector<OptionSpec> figure_options();
std::vector<OptionSpec> output_options();

/// A group of the vocabulary, such as data_options.
using OptionGroup = std::vector<OptionSpec> (*)();

/// The whole vocabulary, for a program that uses some groups of it: those of the others are foreign to it and never
/// required, so that one configuration file can serve all programs. `also_used`: single options of other groups that it
/// uses too; they are never required.
std::vector<OptionSpec> vocabulary(const std::vector<OptionGroup>& used,
                                   const std::vector<std::string>& also_used = {});

}  // namespace semscope::app
