#pragma once

#include "semscope/figures/colour.hpp"
#include "semscope/figures/image.hpp"
#include "semscope/figures/picture.hpp"

#include <optional>
#include <string>
#include <vector>

namespace semscope::figures {

/// A label map and the photo that it belongs to.
struct LabelOverlay {
    std::optional<data::Image> photo;  ///< of the size of `labels`; none = the colours alone
    data::LabelMap labels;
    std::vector<std::string> names;  ///< of the classes, s = 0 .. S-1
    std::string font{default_font};
};

/// The colours of the classes laid half transparent over the photo, unlabelled pixels left as they are, with the names
/// of the larger regions. At most 720 points wide. Throws InputError when photo, labels and names do not fit each
/// other.
Picture draw_label_overlay(LabelOverlay overlay, const Palette& palette);

}  // namespace semscope::figures
