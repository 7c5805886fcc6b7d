#include "loader.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/core/retry.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace semscope::occlusion {

Loaded load_image(const Source& source, const LabelCrops& crops, std::uint64_t image,
                  std::span<const std::uint16_t> expected) {
    const auto read = [&]() -> Loaded {
        auto sample = std::make_shared<network::Sample>();
        sample->image = image;
        sample->rgb = data::resize_and_crop(source.geometry, data::read_photo(source.image_path(image))).pixels;
        const auto crop = static_cast<std::size_t>(source.geometry.crop);
        auto known = crops.find(image, crop * crop);
        sample->labels = known ? *std::move(known) : read_label_crop(source, image);
        const auto classes = data::present_classes(sample->labels, source.min_pixels);
        const bool same = std::equal(classes.begin(), classes.end(), expected.begin(), expected.end(),
                                     [](const auto& now, std::uint16_t then) { return now.semantic == then; });
        if (!same) return {nullptr, fmt::format("{}: changed while the job ran", source.label_path(image).string())};
        return {std::move(sample), ""};
    };
    try {
        return read_again(read);
    } catch (const InputError& error) {
        return {nullptr, error.what()};
    }
}

}  // namespace semscope::occlusion
