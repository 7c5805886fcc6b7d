#include "semscope/occlusion/source.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/core/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace semscope::occlusion {

namespace {

constexpr std::size_t maximum_run = 256;
constexpr std::size_t entry_overhead = 64;  ///< of the table, about

}  // namespace

std::string pack_labels(const std::vector<std::uint8_t>& labels) {
    std::string packed;
    for (auto run = labels.begin(); run != labels.end();) {
        const auto end = std::find_if(run, labels.end(), [&](std::uint8_t label) { return label != *run; });
        const auto length = std::min(static_cast<std::size_t>(end - run), maximum_run);
        packed.push_back(static_cast<char>(length - 1));
        packed.push_back(static_cast<char>(*run));
        run += static_cast<std::ptrdiff_t>(length);
    }
    packed.shrink_to_fit();
    return packed;
}

void LabelCrops::keep(std::uint64_t image, std::string packed) {
    const std::size_t size = packed.size() + entry_overhead;
    if (used_ + size > budget_) return;
    used_ += size;
    packed_.emplace(image, std::move(packed));
}

std::optional<std::vector<std::uint8_t>> LabelCrops::find(std::uint64_t image, std::size_t pixels) const {
    const auto found = packed_.find(image);
    if (found == packed_.end()) return std::nullopt;
    std::vector<std::uint8_t> labels;
    labels.reserve(pixels);
    const std::string& packed = found->second;
    for (std::size_t i = 0; i + 1 < packed.size(); i += 2)
        labels.insert(labels.end(), std::size_t{static_cast<std::uint8_t>(packed[i])} + 1,
                      static_cast<std::uint8_t>(packed[i + 1]));
    return labels;
}

std::vector<std::shared_ptr<const network::Sample>> first_photos(const Source& source, std::size_t most) {
    std::vector<std::shared_ptr<const network::Sample>> photos;
    const std::size_t tried = std::min(source.images.size(), 4 * most);
    for (std::size_t image = 0; image < tried && photos.size() < most; ++image) {
        auto sample = std::make_shared<network::Sample>();
        sample->image = image;
        Problems unreadable;  // the survey or the run tells them
        unreadable.collect([&] {
            sample->rgb = data::resize_and_crop(source.geometry, data::read_photo(source.image_path(image))).pixels;
        });
        if (!unreadable.empty()) continue;
        sample->labels.assign(sample->rgb.size() / 3, 0);
        photos.push_back(std::move(sample));
    }
    return photos;
}

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
