#include "semscope/figures/label_overlay.hpp"

#include "regions.hpp"
#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace semscope::figures {
namespace {

constexpr double widest = 720;

data::Image blend(const LabelOverlay& overlay, const Palette& palette) {
    const data::LabelMap& labels = overlay.labels;
    data::Image result =
        overlay.photo.value_or(data::Image{labels.size, 3, std::vector<std::uint8_t>(3 * labels.labels.size())});
    for (std::size_t i = 0; i < labels.labels.size(); ++i) {
        if (labels.labels[i] == 0 && overlay.photo) continue;
        const Rgb colour = palette.area(labels.labels[i]);
        const std::array values{colour.red, colour.green, colour.blue};
        for (std::size_t c = 0; c < 3; ++c) {
            std::uint8_t& pixel = result.pixels[3 * i + c];
            pixel = overlay.photo ? static_cast<std::uint8_t>((pixel + values[c]) / 2) : values[c];
        }
    }
    return result;
}

/// Everything that the drawing needs.
struct Content {
    data::Image image;
    std::vector<RegionName> names;
    Size size;
};

}  // namespace

Picture draw_label_overlay(LabelOverlay overlay, const Palette& palette) {
    check(overlay.labels);
    if (overlay.photo) {
        check(*overlay.photo);
        if (overlay.photo->width() != overlay.labels.width() || overlay.photo->height() != overlay.labels.height())
            throw InputError(fmt::format("a photo of {}x{} pixels for a label map of {}x{}", overlay.photo->width(),
                                         overlay.photo->height(), overlay.labels.width(), overlay.labels.height()));
    }
    NameOptions options;
    options.family = overlay.font;
    options.scale = std::min(1.0, widest / static_cast<double>(overlay.labels.width()));
    const Size size{options.scale * static_cast<double>(overlay.labels.width()),
                    options.scale * static_cast<double>(overlay.labels.height())};
    const auto content = std::make_shared<const Content>(
        Content{blend(overlay, palette), place_names(overlay.labels, overlay.names, options), size});
    const auto draw = [content](Canvas& canvas) {
        canvas.image({0, 0, content->size.width, content->size.height}, content->image, Sampling::nearest);
        for (const RegionName& name : content->names)
            canvas.text(name.baseline, name.text,
                        {.font = name.font, .colour = black, .halo = white, .halo_width = 1.3});
    };
    return {size, "semantic classes", draw};
}

}  // namespace semscope::figures
