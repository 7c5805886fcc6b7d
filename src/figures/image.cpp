#include "semscope/figures/image.hpp"

#include "semscope/core/errors.hpp"

#include <fmt/format.h>

namespace semscope::figures {
namespace {

void check_size(data::ImageSize size, std::size_t channels, std::size_t values) {
    if (size.width <= 0 || size.height <= 0) throw InputError("an image without pixels cannot be drawn");
    if (values != static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height) * channels)
        throw InputError(fmt::format("an image of {} x {} x {} has an array of {} values", size.width, size.height,
                                     channels, values));
}

}  // namespace

void check(const data::Image& image) {
    if (image.channels != 3)
        throw InputError(fmt::format("an image of {} channels where R, G, B are expected", image.channels));
    check_size(image.size, 3, image.pixels.size());
}

void check(const data::LabelMap& labels) { check_size(labels.size, 1, labels.labels.size()); }

std::string png_of(const data::Image& image, double dpi) {
    check(image);
    return data::encode_png(image, {.flat = false, .dpi = dpi});
}

}  // namespace semscope::figures
