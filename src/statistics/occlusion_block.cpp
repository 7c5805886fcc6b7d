#include "semscope/statistics/occlusion_block.hpp"

#include "semscope/comm/agreement.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/results/result_file.hpp"
#include "semscope/statistics/evaluation.hpp"

#include <fmt/format.h>

#include <cmath>

namespace semscope::statistics {

using comm::Communicator;

OcclusionBlock::OcclusionBlock(const results::OcclusionReader& file, Range images,
                               std::span<const std::uint64_t> offsets, Area area, Attribution attribution)
    : images_(images), offsets_(offsets), scenes_(file.scenes()), semantics_(file.semantics()) {
    const Range variants{offsets[images.begin], offsets[images.end]};
    status_ = file.image_status(images);
    scene_ = file.image_scenes(images);
    loss_ = file.image_losses(images);
    variant_image_ = file.variant_images(variants);
    variant_semantic_ = file.variant_semantics(variants);
    variant_pixels_ = file.variant_pixels(variants);
    probability_ = file.image_probabilities(images);
    variant_probability_ = file.variant_probabilities(variants);
    if (attribution == Attribution::shapley) shapley_ = file.shapley_values(variants);
    if (area == Area::crop) return;
    path_ = file.image_paths(images);
    label_digest_ = file.label_digests(images);
}

Range OcclusionBlock::variants_of(std::uint64_t image) const {
    const std::uint64_t first = offsets_[images_.begin];
    return {offsets_[image] - first, offsets_[image + 1] - first};
}

ImageRows OcclusionBlock::rows(std::uint64_t image) const {
    const Range variants = variants_of(image);
    const auto of_variants = [&](const std::vector<float>& rows) {
        return std::span(rows).subspan(variants.begin * scenes_, variants.size() * scenes_);
    };
    return {std::span(probability_).subspan((image - images_.begin) * scenes_, scenes_),
            std::span(variant_semantic_).subspan(variants.begin, variants.size()), of_variants(variant_probability_),
            shapley_.empty() ? std::span<const float>{} : of_variants(shapley_)};
}

std::span<const std::uint32_t> OcclusionBlock::pixels(std::uint64_t image) const {
    const Range variants = variants_of(image);
    return std::span(variant_pixels_).subspan(variants.begin, variants.size());
}

std::string OcclusionBlock::problem_with(std::uint64_t image) const {
    if (scene(image) < -1 || scene(image) >= static_cast<std::int64_t>(scenes_))
        return fmt::format("its true scene {} is not one of {}", scene(image), scenes_);
    if (scene(image) >= 0 && std::isnan(loss(image))) return "its loss is not a number";
    const ImageRows rows = this->rows(image);
    if (!is_distribution(rows.probability)) return "its probabilities are not a distribution";
    const Range variants = variants_of(image);
    for (std::size_t i = 0; i < rows.variants(); ++i) {
        const std::uint16_t semantic = rows.semantic[i];
        if (variant_image_[variants.begin + i] != image) return "one of its variants belongs to another image";
        if (semantic == 0 || semantic >= semantics_ || (i > 0 && semantic <= rows.semantic[i - 1]))
            return fmt::format("its variants' classes do not ascend within 1 to {}", semantics_ - 1);
        if (!is_distribution(rows.variant(i)))
            return fmt::format("its probabilities without class {} are not a distribution", semantic);
    }
    constexpr float largest = 1.001F;  // a difference of probabilities, and rounding
    for (const float value : rows.shapley)
        if (!(std::abs(value) <= largest)) return fmt::format("a Shapley value is {}", value);
    return "";
}

std::vector<Range> plan_blocks(std::span<const std::uint64_t> offsets, int part, int parts,
                               std::uint64_t maximum_rows) {
    std::vector<std::uint64_t> rows(offsets.begin(), offsets.end());
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] += i;
    const auto boundaries = comm::balanced_boundaries(rows, parts);
    const auto p = static_cast<std::size_t>(part);
    std::vector<Range> blocks;
    for (std::uint64_t begin = boundaries[p]; begin < boundaries[p + 1];) {
        std::uint64_t end = begin + 1;
        while (end < boundaries[p + 1] && rows[end + 1] - rows[begin] <= maximum_rows) ++end;
        blocks.push_back({begin, end});
        begin = end;
    }
    return blocks;
}

StatusCounts count_images(const results::OcclusionReader& file, const Communicator& communicator) {
    const auto share = comm::even_share(file.images(), communicator.rank(), communicator.size());
    auto counts = comm::agree(communicator, [&] {
        StatusCounts own{};
        for (const std::uint8_t status : file.image_status(share)) {
            if (status >= own.size()) throw InputError(fmt::format("an image has the unknown status {}", status));
            ++own[status];
        }
        return own;
    });
    communicator.sum_each(counts);
    return counts;
}

std::string pending_images(const std::filesystem::path& path, const results::OcclusionReader& file,
                           const Communicator& communicator) {
    const std::string identity = comm::agree(communicator, [&] { return results::identity_of(file); });
    comm::require_same_inputs(communicator, {{path.string(), identity}});
    const StatusCounts counts = count_images(file, communicator);
    if (counts[0] == 0 && communicator.all_of(file.complete())) return "";
    return fmt::format("{}: {} of {} images are pending", path.string(), counts[0], file.images());
}

}  // namespace semscope::statistics
