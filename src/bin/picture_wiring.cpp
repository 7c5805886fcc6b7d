#include "picture_wiring.hpp"

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

}  // namespace semscope::wiring
