#include "semscope/figures/image.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/data/image.hpp"

#include <fmt/format.h>

namespace semscope::figures {
namespace {

void check_size(std::size_t width, std::size_t height, std::size_t channels, std::size_t values) {
    if (width == 0 || height == 0) throw InputError("an image without pixels cannot be drawn");
    if (values != width * height * channels)
        throw InputError(
            fmt::format("an image of {} x {} x {} has an array of {} values", width, height, channels, values));
}

}  // namespace

void check(const RgbImage& image) { check_size(image.width, image.height, 3, image.pixels.size()); }

void check(const LabelImage& labels) { check_size(labels.width, labels.height, 1, labels.pixels.size()); }

std::string encode_png(const RgbImage& image, double dpi) {
    check(image);
    return data::encode_png({{static_cast<int>(image.width), static_cast<int>(image.height)}, 3, image.pixels},
                            {.flat = false, .dpi = dpi});
}

}  // namespace semscope::figures
