#pragma once

#include "semscope/cli/option.hpp"
#include "semscope/cli/settings.hpp"

#include <string>
#include <vector>

namespace semscope::cli {

/// The groups of the vocabulary, one for each struct of settings.hpp.
enum class Group {
    data,
    labels,
    preprocess,
    model,
    occlusion,
    attribution,
    run,
    statistics,
    segment,
    figures,
    report,
    compare,
    output
};

/// All options that can stand in a configuration file, each declared here alone and bound to its member of `settings`,
/// for a program that uses the groups `used`. Those of the others are of other programs and never required, so that one
/// configuration file serves all programs; Options::use takes single ones of them.
std::vector<OptionSpec> vocabulary(Settings& settings, const std::vector<Group>& used);

/// --dry-run, the same for all programs that run a network.
OptionSpec dry_run_option(Settings& settings);

/// The vocabulary as a table in Markdown, for docs/options.md: name, default, values, whether the option changes
/// results, and its meaning. Local, pure.
std::string vocabulary_table();

}  // namespace semscope::cli
