#include "semscope/data/preprocess.hpp"

#include "resample.hpp"
#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

namespace semscope::data {

namespace {

/// The longer side when the shorter one becomes `shorter_new`; truncated, as torchvision does. Throws InputError when
/// that is absurd: of a picture of one row and a million columns, say.
int scaled_side(int longer, int shorter, int shorter_new) {
    constexpr double most = 1 << 26;
    const double side = static_cast<double>(static_cast<long>(shorter_new) * longer) / shorter;
    if (side > most)
        throw InputError(
            fmt::format("{}x{} pixels cannot be resized to a shorter side of {}: the longer one would be "
                        "{:.0f}",
                        longer, shorter, shorter_new, side));
    return static_cast<int>(side);
}

ImageSize resized_size(const Resize& resize, ImageSize stored) {
    if (stored.width <= 0 || stored.height <= 0) throw InputError("a picture without pixels cannot be resized");
    if (resize.stretches()) return resize.stretched;
    const int shorter = resize.shorter;
    if (shorter == 0) return stored;
    if (stored.width <= stored.height) return {shorter, scaled_side(stored.height, stored.width, shorter)};
    return {scaled_side(stored.width, stored.height, shorter), shorter};
}

std::optional<int> to_side(std::string_view text, int smallest) {
    constexpr int longest = 16384;
    int side = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), side);
    const bool right = error == std::errc() && end == text.data() + text.size() && side >= smallest && side <= longest;
    return right ? std::optional(side) : std::nullopt;
}

Filter filter_of(Interpolation interpolation) {
    return interpolation == Interpolation::bicubic ? bicubic_filter : bilinear_filter;
}

/// Python's round(): halves go to the even number, which is also the default rounding mode here.
int centre_offset(int side, int crop) { return static_cast<int>(std::nearbyint((side - crop) / 2.0)); }

}  // namespace

std::optional<Resize> to_resize(const std::string& text) {
    const std::string_view all = text;
    const std::size_t cross = all.find('x');
    if (cross == std::string_view::npos) {
        const auto side = to_side(all, 0);
        return side ? std::optional(Resize(*side)) : std::nullopt;
    }
    const auto width = to_side(all.substr(0, cross), 1);
    const auto height = to_side(all.substr(cross + 1), 1);
    return width && height ? std::optional(Resize(ImageSize{*width, *height})) : std::nullopt;
}

std::string to_string(const Resize& resize) {
    return resize.stretches() ? fmt::format("{}x{}", resize.stretched.width, resize.stretched.height)
                              : fmt::format("{}", resize.shorter);
}

CentreCrop centre_crop(const Geometry& geometry, ImageSize stored) {
    CentreCrop kept{resized_size(geometry.resize, stored), 0, 0};
    if (std::min(kept.resized.width, kept.resized.height) < geometry.crop)
        throw InputError(fmt::format("{}x{} pixels are fewer than the {}x{} of preprocess.crop; set preprocess.resize",
                                     stored.width, stored.height, geometry.crop, geometry.crop));
    kept.left = centre_offset(kept.resized.width, geometry.crop);
    kept.top = centre_offset(kept.resized.height, geometry.crop);
    return kept;
}

Image resize_and_crop(const Geometry& geometry, const Image& image) {
    const CentreCrop kept = centre_crop(geometry, image.size);
    // Only what the crop keeps is computed: columns first, on the rows that the kept rows need.
    const Filter filter = filter_of(geometry.interpolation);
    const auto columns = weights_of(filter, image.size.width, kept.resized.width, {kept.left, geometry.crop});
    const auto rows = weights_of(filter, image.size.height, kept.resized.height, {kept.top, geometry.crop});
    return resample_rows(resample_columns(image, columns, rows), rows);
}

Image resize(const Image& image, ImageSize size, Interpolation interpolation) {
    if (size == image.size) return image;
    const Filter filter = filter_of(interpolation);
    const auto columns = weights_of(filter, image.size.width, size.width, {0, size.width});
    const auto rows = weights_of(filter, image.size.height, size.height, {0, size.height});
    return resample_rows(resample_columns(image, columns, rows), rows);
}

std::vector<std::uint16_t> resize_and_crop_labels(const Geometry& geometry, ImageSize stored,
                                                  std::span<const std::uint16_t> labels) {
    const CentreCrop kept = centre_crop(geometry, stored);
    const auto columns = nearest_indices(stored.width, kept.resized.width, kept.left, geometry.crop);
    const auto rows = nearest_indices(stored.height, kept.resized.height, kept.top, geometry.crop);
    std::vector<std::uint16_t> crop;
    crop.reserve(rows.size() * columns.size());
    for (const int row : rows) {
        const std::uint16_t* line =
            labels.data() + static_cast<std::size_t>(row) * static_cast<std::size_t>(stored.width);
        for (const int column : columns) crop.push_back(line[column]);
    }
    return crop;
}

}  // namespace semscope::data
