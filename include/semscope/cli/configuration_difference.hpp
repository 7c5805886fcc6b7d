#pragma once

#include <string>
#include <vector>

namespace semscope::cli {

/// One option whose value is not what it was.
struct Difference {
    std::string name;  ///< run.batch
    std::string then;  ///< "(not recorded)" when there was no such option
    std::string now;
};

/// Compares two configurations in the form of Options::resolved. Only the options in `now` count, which may be a part
/// of all (Options::resolved_results_only). In the order of `now`. Local, pure.
std::vector<Difference> differences(const std::string& then, const std::string& now);

/// Value of the option `name` in a configuration in the form of Options::resolved, "" when it is not there.
std::string recorded_value(const std::string& configuration, const std::string& name);

}  // namespace semscope::cli
