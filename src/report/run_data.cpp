#include "run_data.hpp"

#include "semscope/comm/agreement.hpp"
#include "semscope/comm/partition.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/statistics/evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <unordered_map>

namespace semscope::report {

using results::OcclusionReader;
using results::Range;

namespace {

/// The predicted scenes of a range of images, -1 for those that are not done.
std::vector<std::int32_t> predicted_scenes(const OcclusionReader& file, Range images) {
    const auto status = file.image_status(images);
    const auto rows = file.image_probabilities(images);
    std::vector<std::int32_t> predicted(status.size(), -1);
    for (std::size_t i = 0; i < status.size(); ++i) {
        if (status[i] != static_cast<std::uint8_t>(results::ImageStatus::done)) continue;
        const auto row = std::span(rows).subspan(i * file.scenes(), file.scenes());
        if (!statistics::is_distribution(row))
            throw InputError(
                fmt::format("image {} of the occlusion file is damaged: its probabilities are not a "
                            "distribution (see semscope-inspect --check)",
                            images.begin + i));
        predicted[i] = static_cast<std::int32_t>(statistics::argmax(row));
    }
    return predicted;
}

}  // namespace

Predictions read_predictions(const OcclusionReader& file, const comm::Communicator& communicator) {
    constexpr std::uint64_t images_at_once = 1024;
    const Predictions own = comm::agree(communicator, [&] {
        const Range share = comm::even_share(file.images(), communicator.rank(), communicator.size());
        Predictions part{file.image_scenes(share), {}};
        for (const std::int32_t scene : part.truth)
            if (scene < -1 || scene >= static_cast<std::int64_t>(file.scenes()))
                throw InputError(
                    fmt::format("the occlusion file is damaged: an image has scene {} of {}", scene, file.scenes()));
        for (std::uint64_t begin = share.begin; begin < share.end; begin += images_at_once) {
            const auto block = predicted_scenes(file, {begin, std::min(share.end, begin + images_at_once)});
            part.predicted.insert(part.predicted.end(), block.begin(), block.end());
        }
        return part;
    });
    return {communicator.all_gather(own.truth), communicator.all_gather(own.predicted)};
}

std::vector<std::int64_t> match_images(const OcclusionReader& first, const OcclusionReader& second,
                                       const comm::Communicator& communicator) {
    const auto own = comm::agree(communicator, [&] {
        const Range share = comm::even_share(first.images(), communicator.rank(), communicator.size());
        std::unordered_map<std::string, std::uint64_t> places;
        for_each_path(first, share, [&](std::uint64_t image, const std::string& path) { places.emplace(path, image); });
        std::vector<std::int64_t> found(share.size(), -1);
        for_each_path(second, {0, second.images()}, [&](std::uint64_t image, const std::string& path) {
            if (const auto place = places.find(path); place != places.end())
                found[place->second - share.begin] = static_cast<std::int64_t>(image);
        });
        return found;
    });
    return communicator.all_gather(own);
}

}  // namespace semscope::report
