#include "semscope/occlusion/source.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/core/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace semscope::occlusion {

namespace {

constexpr std::size_t maximum_run = 256;
constexpr unsigned low_bits = 0x7f;         ///< of a packed class
constexpr unsigned more = 0x80;             ///< another byte follows
constexpr std::size_t entry_overhead = 64;  ///< of the table, about

}  // namespace

std::string pack_labels(std::span<const std::uint16_t> labels) {
    std::string packed;
    for (auto run = labels.begin(); run != labels.end();) {
        const auto end = std::find_if(run, labels.end(), [&](std::uint16_t label) { return label != *run; });
        const auto length = std::min(static_cast<std::size_t>(end - run), maximum_run);
        packed.push_back(static_cast<char>(length - 1));
        unsigned rest = *run;
        for (; rest > low_bits; rest >>= 7) packed.push_back(static_cast<char>(rest | more));
        packed.push_back(static_cast<char>(rest));
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

std::optional<std::vector<std::uint16_t>> LabelCrops::find(std::uint64_t image, std::size_t pixels) const {
    const auto found = packed_.find(image);
    if (found == packed_.end()) return std::nullopt;
    std::vector<std::uint16_t> labels;
    labels.reserve(pixels);
    const std::string& packed = found->second;
    for (auto next = packed.begin(); next != packed.end();) {
        const std::size_t length = std::size_t{static_cast<std::uint8_t>(*next++)} + 1;
        unsigned label = 0;
        unsigned byte = more;
        for (unsigned shift = 0; (byte & more) != 0; shift += 7) {
            byte = static_cast<std::uint8_t>(*next++);
            label |= (byte & low_bits) << shift;
        }
        labels.insert(labels.end(), length, static_cast<std::uint16_t>(label));
    }
    return labels;
}

std::vector<std::uint16_t> read_label_crop(const Source& source, std::size_t image, const data::PhotoHeader& photo,
                                           std::uint64_t expected) {
    const data::LabelMap map = source.labels.read(source.images.path(image), &photo);
    if (map.file_digest != expected)
        throw IoError(
            fmt::format("{}: changed while the job ran; bring the former one back and resume, or start afresh",
                        source.label_name(image)));
    return data::resize_and_crop_labels(source.geometry, map.size, map.labels);
}

std::vector<std::shared_ptr<const network::Sample>> first_photos(const Source& source, std::size_t most,
                                                                 WithLabels labels) {
    std::vector<std::shared_ptr<const network::Sample>> photos;
    const std::size_t tried = std::min(source.images.size(), 4 * most);
    for (std::size_t image = 0; image < tried && photos.size() < most; ++image) {
        Problems unreadable;  // the survey or the run tells them
        unreadable.collect([&] {
            auto sample = std::make_shared<network::Sample>();
            sample->image = image;
            const std::string_view path = source.images.path(image);
            const data::Image photo = source.photos.read(path);
            sample->rgb = data::resize_and_crop(source.geometry, photo).pixels;
            sample->labels.assign(sample->rgb.size() / 3, 0);
            if (labels == WithLabels::yes) {
                const data::PhotoHeader header{photo.size};
                const data::LabelMap map = source.labels.read(path, &header);
                sample->labels = data::resize_and_crop_labels(source.geometry, map.size, map.labels);
            }
            photos.push_back(std::move(sample));
        });
    }
    return photos;
}

Loaded load_image(const Source& source, const LabelCrops& crops, std::uint64_t image, std::uint64_t label_digest) {
    const auto read = [&]() -> Loaded {
        auto sample = std::make_shared<network::Sample>();
        sample->image = image;
        const data::Image photo = source.photos.read(source.images.path(image));
        sample->rgb = data::resize_and_crop(source.geometry, photo).pixels;
        const auto crop = static_cast<std::size_t>(source.geometry.crop);
        auto known = crops.find(image, crop * crop);
        sample->labels = known ? *std::move(known) : read_label_crop(source, image, {photo.size}, label_digest);
        return {std::move(sample), "", photo.file_digest};
    };
    try {
        return read_again(read);
    } catch (const InputError& error) {
        return {nullptr, error.what(), 0};
    }
}

}  // namespace semscope::occlusion
