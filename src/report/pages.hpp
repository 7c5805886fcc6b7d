#pragma once

#include <string_view>
#include <vector>

namespace semscope::report {

/// A file of postprocess/report.
struct Page {
    std::string_view name;  ///< below the report's folder
    std::string_view text;
};

/// All of them, by name. The source is made by embed.cmake.
const std::vector<Page>& pages();

}  // namespace semscope::report
