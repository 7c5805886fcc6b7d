#include "picture_wiring.hpp"

#include <fmt/format.h>

namespace semscope::wiring {

dataset::LabelCoding label_coding(const app::Options& options) {
    // The choices of the option are declared in the order of the enumerators.
    return {static_cast<dataset::LabelChannel>(options.choice("labels.channel")),
            static_cast<int>(options.integer("labels.offset")), static_cast<int>(options.integer("labels.unlabelled"))};
}

dataset::Geometry geometry(const app::Options& options) {
    return {static_cast<int>(options.integer("preprocess.resize")),
            static_cast<int>(options.integer("preprocess.crop"))};
}

bool data_root_exists(const app::Options& options, Problems& problems) {
    const auto root = options.path("data.root");
    std::error_code ignored;
    if (std::filesystem::is_directory(root, ignored)) return true;
    problems.add(fmt::format("{}: there is no such folder (data.root)", root.string()));
    return false;
}

}  // namespace semscope::wiring
