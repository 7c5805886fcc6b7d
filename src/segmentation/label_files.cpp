#include "semscope/segmentation/label_files.hpp"

#include "semscope/base/atomic_file.hpp"
#include "semscope/base/error.hpp"

#include <array>

namespace semscope::segmentation {

namespace {

constexpr std::size_t ranks = inference::Segmentation::ranks;

int channels_of(LabelLayout layout) { return layout == LabelLayout::top1 ? 1 : static_cast<int>(ranks); }

/// One value of each rank and pixel as an image: the best rank alone, or all with the best in blue (R, G, B).
template <class ValueOf>
dataset::Image compose(LabelLayout layout, dataset::ImageSize size, ValueOf&& value_of) {
    const auto channels = static_cast<std::size_t>(channels_of(layout));
    const std::size_t pixels = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
    dataset::Image image{size, static_cast<int>(channels), std::vector<std::uint8_t>(channels * pixels)};
    for (std::size_t pixel = 0; pixel < pixels; ++pixel)
        for (std::size_t rank = 0; rank < channels; ++rank)
            image.pixels[pixel * channels + (channels - 1 - rank)] = value_of(rank, pixel);
    return image;
}

bool is_whole(const std::filesystem::path& path, dataset::ImageSize size, LabelLayout layout) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) return false;
    try {
        const dataset::Image image = dataset::read_label_image(path);
        return image.size == size && image.channels == channels_of(layout);
    } catch (const InputError&) {
        return false;
    }
}

}  // namespace

bool LabelFiles::whole(std::string_view image, dataset::ImageSize size) const {
    return is_whole(dataset::label_map_path(label_root, image), size, layout) &&
           (score_root.empty() || is_whole(dataset::label_map_path(score_root, image), size, layout));
}

void LabelFiles::write(std::string_view image, dataset::ImageSize size, const inference::Segmentation& result) const {
    std::array<std::uint8_t, 256> values{};
    for (std::uint16_t semantic = 0; semantic < 256; ++semantic)
        values[semantic] = dataset::stored_value(semantic, coding);
    if (!score_root.empty())
        write_file_atomically(dataset::label_map_path(score_root, image),
                              dataset::encode_png(compose(layout, size, [&](std::size_t rank, std::size_t pixel) {
                                  return result.scores[rank][pixel];
                              })));
    write_file_atomically(dataset::label_map_path(label_root, image),
                          dataset::encode_png(compose(layout, size, [&](std::size_t rank, std::size_t pixel) {
                              return values[result.classes[rank][pixel]];
                          })));
}

}  // namespace semscope::segmentation
