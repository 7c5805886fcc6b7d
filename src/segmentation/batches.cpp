#include "semscope/segmentation/batches.hpp"

#include "semscope/mpi/partition.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace semscope::segmentation {

dataset::ImageSize input_size(dataset::ImageSize stored, int shorter) {
    if (shorter == 0) return stored;
    const double scale = static_cast<double>(shorter) / std::min(stored.width, stored.height);
    const auto scaled = [scale](int side) { return std::max(1, static_cast<int>(std::lround(side * scale))); };
    return {scaled(stored.width), scaled(stored.height)};
}

std::vector<Batch> make_batches(std::span<const Photo> photos, std::size_t most) {
    std::map<std::pair<int, int>, std::size_t> counts;
    for (const Photo& photo : photos) ++counts[{photo.input.width, photo.input.height}];

    std::map<std::pair<int, int>, std::vector<std::uint64_t>> pending;
    for (std::size_t i = 0; i < photos.size(); ++i)
        if (photos[i].pending) pending[{photos[i].input.width, photos[i].input.height}].push_back(i);

    std::vector<Batch> batches;
    for (const auto& [size, images] : pending) {
        const std::size_t length = std::min(most, counts.at(size));
        for (std::size_t begin = 0; begin < images.size(); begin += length) {
            const auto first = images.begin() + static_cast<std::ptrdiff_t>(begin);
            const auto count = static_cast<std::ptrdiff_t>(std::min(length, images.size() - begin));
            batches.push_back({{size.first, size.second}, length, {first, first + count}});
        }
    }
    return batches;
}

std::vector<std::uint64_t> share_batches(std::span<const Batch> batches, int ranks) {
    std::vector<std::uint64_t> cost{0};
    for (const Batch& batch : batches)
        cost.push_back(cost.back() + batch.length * static_cast<std::uint64_t>(batch.input.width) *
                                         static_cast<std::uint64_t>(batch.input.height));
    return mpi::balanced_boundaries(cost, ranks);
}

}  // namespace semscope::segmentation
