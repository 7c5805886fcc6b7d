#include "map_plan.hpp"

#include "semscope/comm/partition.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/text.hpp"
#include "semscope/statistics/deviation.hpp"
#include "semscope/statistics/evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <numeric>

namespace semscope::postprocess {

using results::OcclusionReader;
using results::Range;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// The range of no values: whatever joins it is all there is.
constexpr figures::ValueRange nothing{infinity, -infinity};

/// A block of images with their rows, as stored.
struct Block {
    Block(const OcclusionReader& file, Range range, Attribution attribution)
        : images(range),
          status(file.image_status(range)),
          offsets(file.variant_offsets(range)),
          probability(file.image_probabilities(range)),
          pixels(file.variant_pixels({offsets.front(), offsets.back()})),
          variants(file.variant_probabilities({offsets.front(), offsets.back()})) {
        if (attribution == Attribution::shapley) shapley = file.shapley_values({offsets.front(), offsets.back()});
    }
    Range images;
    std::vector<std::uint8_t> status;
    std::vector<std::uint64_t> offsets;
    std::vector<float> probability;
    std::vector<std::uint32_t> pixels;
    std::vector<float> variants;
    std::vector<float> shapley;  ///< empty where the maps show deviations
};

/// Throws InputError when a row of image `i` of the block has no largest value to predict a scene by.
void require_distribution(const Block& block, std::span<const float> row, std::size_t i) {
    if (!statistics::is_distribution(row))
        throw InputError(
            fmt::format("image {} of the occlusion file is damaged: a row of its probabilities is not a "
                        "distribution (see semscope-inspect --check)",
                        block.images.begin + i));
}

/// The predicted scene of image `i` of the block, and its deviations added to those of that scene.
std::int32_t scan_image(const Block& block, std::size_t i, std::size_t scenes, std::uint64_t crop_pixels,
                        std::vector<figures::ValueRange>& ranges) {
    if (block.status[i] != static_cast<std::uint8_t>(results::ImageStatus::done)) return -1;
    const std::span row(&block.probability[i * scenes], scenes);
    require_distribution(block, row, i);
    const std::uint32_t predicted = statistics::argmax(row);
    const auto include = [&range = ranges[predicted]](double value) { range = figures::join(range, {value, value}); };
    std::uint64_t covered = 0;
    for (std::uint64_t v = block.offsets[i] - block.offsets[0]; v < block.offsets[i + 1] - block.offsets[0]; ++v) {
        require_distribution(block, std::span(block.variants).subspan(v * scenes, scenes), i);
        covered += block.pixels[v];
        const std::size_t entry = v * scenes + predicted;
        const float value =
            block.shapley.empty() ? statistics::deviation(row[predicted], block.variants[entry]) : block.shapley[entry];
        if (!std::isfinite(value))
            throw InputError(
                fmt::format("image {} of the occlusion file is damaged: a Shapley value is not finite (see "
                            "semscope-inspect --check)",
                            block.images.begin + i));
        include(value);
    }
    if (covered < crop_pixels) include(0);
    return static_cast<std::int32_t>(predicted);
}

bool contains(const std::vector<std::uint64_t>& ascending, std::uint64_t value) {
    return std::binary_search(ascending.begin(), ascending.end(), value);
}

}  // namespace

MapScan scan_share(const OcclusionReader& file, std::uint64_t crop_pixels, const comm::Communicator& communicator,
                   Attribution attribution, const std::function<void()>& on_block) {
    const Range own = comm::even_share(file.images(), communicator.rank(), communicator.size());
    MapScan scan{file.image_scenes(own), {}, std::vector<figures::ValueRange>(file.scenes(), nothing)};
    constexpr std::uint64_t images_at_once = 256;  // about 4 MB of variants for 365 scenes
    for (std::uint64_t begin = own.begin; begin < own.end; begin += images_at_once) {
        on_block();
        const Block block(file, {begin, std::min(own.end, begin + images_at_once)}, attribution);
        for (std::size_t i = 0; i < block.images.size(); ++i)
            scan.predicted.push_back(scan_image(block, i, file.scenes(), crop_pixels, scan.ranges));
    }
    return scan;
}

MapScan join_shares(const MapScan& share, const comm::Communicator& communicator) {
    std::vector<double> lows, highs;
    for (const auto& range : share.ranges) {
        lows.push_back(range.low);
        highs.push_back(range.high);
    }
    communicator.min_each(lows);
    communicator.max_each(highs);
    MapScan scan{communicator.all_gather(share.scene), communicator.all_gather(share.predicted), {}};
    for (std::size_t i = 0; i < lows.size(); ++i)
        scan.ranges.push_back(highs[i] == -infinity ? figures::ValueRange{} : figures::ValueRange{lows[i], highs[i]});
    return scan;
}

figures::ValueRange range_of_scenes(const MapScan& scan, const std::vector<std::uint64_t>& scenes) {
    std::vector<bool> has_maps(scan.ranges.size());
    for (const std::int32_t predicted : scan.predicted)
        if (predicted >= 0) has_maps[static_cast<std::size_t>(predicted)] = true;
    figures::ValueRange range = nothing;
    for (const std::uint64_t scene : scenes)
        if (has_maps[scene]) range = figures::join(range, scan.ranges[scene]);
    return range.low > range.high ? figures::ValueRange{} : range;
}

std::vector<MapJob> plan_maps(const MapScan& scan, const MapSelection& selection) {
    std::vector<MapJob> jobs;
    const std::uint64_t most = selection.limit == 0 ? scan.predicted.size() : selection.limit;
    std::vector<std::uint64_t> correct(scan.ranges.size()), all(scan.ranges.size());
    for (std::uint64_t image = 0; image < scan.predicted.size(); ++image) {
        if (scan.predicted[image] < 0) continue;
        const auto scene = static_cast<std::size_t>(scan.predicted[image]);
        if (!contains(selection.scenes, scene)) continue;
        if (selection.images && !contains(*selection.images, image)) continue;
        const bool right = scan.scene[image] == scan.predicted[image];
        const MapJob job{image, right && correct[scene] < most, all[scene] < most};
        correct[scene] += right ? 1 : 0;
        ++all[scene];
        if (job.correct || job.predicted) jobs.push_back(job);
    }
    return jobs;
}

namespace {

std::string stem_of(const std::string& path) { return std::filesystem::path(path).stem().string(); }

template <class Visit>
void for_each_path(const results::OcclusionReader& file, Visit&& visit) {
    constexpr std::uint64_t block = std::uint64_t{1} << 14;
    for (std::uint64_t begin = 0; begin < file.images(); begin += block) {
        const auto paths = file.image_paths({begin, std::min(file.images(), begin + block)});
        for (std::size_t i = 0; i < paths.size(); ++i) visit(begin + i, paths[i]);
    }
}

}  // namespace

ImageNames::ImageNames(const results::OcclusionReader& file) : file_(file) {
    // Two stems with one hash would only get the longer of two good names.
    std::vector<std::uint64_t> hashes;
    hashes.reserve(file.images());
    for_each_path(file, [&](std::uint64_t, const std::string& path) {
        hashes.push_back(std::hash<std::string>()(stem_of(path)));
    });
    std::sort(hashes.begin(), hashes.end());
    for (std::size_t i = 1; i < hashes.size(); ++i)
        if (hashes[i] == hashes[i - 1]) shared_stems_.push_back(hashes[i]);
}

std::string ImageNames::picture_name(const std::string& path) const {
    std::string stem = stem_of(path);
    if (!std::binary_search(shared_stems_.begin(), shared_stems_.end(), std::hash<std::string>()(stem))) return stem;
    std::string name = std::filesystem::path(path).replace_extension().string();
    std::replace(name.begin(), name.end(), '/', '-');
    return name;
}

std::optional<std::vector<std::uint64_t>> ImageNames::find(const std::vector<std::string>& wanted) const {
    if (wanted.empty()) return std::nullopt;
    std::vector<std::uint64_t> images;
    std::vector<bool> met(wanted.size());
    for_each_path(file_, [&](std::uint64_t image, const std::string& path) {
        const std::string name = std::filesystem::path(path).filename().string(), stem = stem_of(path);
        for (std::size_t w = 0; w < wanted.size(); ++w) {
            if (wanted[w] != path && wanted[w] != name && wanted[w] != stem) continue;
            met[w] = true;
            if (images.empty() || images.back() != image) images.push_back(image);
        }
    });
    Problems problems;
    for (std::size_t w = 0; w < wanted.size(); ++w) {
        if (met[w]) continue;
        std::vector<std::string> stems;
        for_each_path(file_, [&](std::uint64_t, const std::string& path) { stems.push_back(stem_of(path)); });
        problems.add(fmt::format("figures.image: there is no image \"{}\"{}", wanted[w], suggest(wanted[w], stems)));
    }
    problems.throw_if_any();
    return images;
}

}  // namespace semscope::postprocess
