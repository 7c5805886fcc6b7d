#include "findings.hpp"
#include "semscope/results/occlusion_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

namespace semscope::results {

namespace {

/// "" when the row is a distribution, else what is wrong with it.
std::string judge_distribution(std::span<const float> row) {
    double sum = 0;
    for (const float p : row) {
        if (!std::isfinite(p)) return "holds a value that is not finite";
        if (p < 0 || p > 1) return "holds a value outside [0, 1]";
        sum += p;
    }
    return std::abs(sum - 1) <= 1e-3 ? "" : fmt::format("sums to {:.6f}", sum);
}

std::string judge_unreadable(std::span<const float> row) {
    const bool all_nan = std::all_of(row.begin(), row.end(), [](float p) { return std::isnan(p); });
    return all_nan ? "" : "belongs to an unreadable image but is not NaN";
}

std::string judge_row(std::span<const float> row, ImageStatus status) {
    if (status == ImageStatus::done) return judge_distribution(row);
    if (status == ImageStatus::unreadable) return judge_unreadable(row);
    return "";  // pending: anything may stand there
}

/// The variants of a block of images: their image, class and size.
void check_variants(const OcclusionReader& file, std::span<const std::uint64_t> offsets, std::uint64_t first,
                    Findings& findings) {
    const Range range{offsets.front(), offsets.back()};
    const auto image = file.variant_images(range);
    const auto semantic = file.variant_semantics(range);
    const auto pixels = file.variant_pixels(range);
    for (std::size_t i = 0; i + 1 < offsets.size(); ++i)
        for (std::uint64_t v = offsets[i]; v < offsets[i + 1]; ++v) {
            const std::size_t k = v - offsets.front();
            if (image[k] != first + i) findings.add(fmt::format("/variant/image[{}] is not image {}", v, first + i));
            if (semantic[k] == 0 || semantic[k] >= file.semantics())
                findings.add(fmt::format("/variant/semantic[{}] = {} is out of range", v, semantic[k]));
            if (v > offsets[i] && semantic[k] <= semantic[k - 1])
                findings.add(fmt::format("/variant/semantic[{}] does not ascend within image {}", v, first + i));
            if (pixels[k] == 0) findings.add(fmt::format("/variant/pixels[{}] is 0", v));
        }
}

void check_block(const OcclusionReader& file, Range images, Findings& findings) {
    const auto offsets = file.variant_offsets(images);
    check_variants(file, offsets, images.begin, findings);

    const auto status = file.image_status(images);
    const auto scene = file.image_scenes(images);
    const std::size_t length = file.scenes();
    const auto rows = file.image_probabilities(images);
    const auto variant_rows = file.variant_probabilities({offsets.front(), offsets.back()});
    for (std::size_t i = 0; i < status.size(); ++i) {
        if (status[i] > 2) findings.add(fmt::format("/image/status[{}] = {} is unknown", images.begin + i, status[i]));
        if (file.complete() && status[i] == 0)
            findings.add(fmt::format("image {} is pending in a file that says it is complete", images.begin + i));
        if (scene[i] < -1 || scene[i] >= static_cast<std::int64_t>(length))
            findings.add(fmt::format("/image/scene[{}] = {} is out of range", images.begin + i, scene[i]));
        const auto known = static_cast<ImageStatus>(status[i]);
        const auto judge = [&](const std::vector<float>& values, std::size_t row, const std::string& name) {
            const std::string fault = judge_row(std::span(values).subspan(row * length, length), known);
            if (!fault.empty()) findings.add(fmt::format("{} {}", name, fault));
        };
        judge(rows, i, fmt::format("/image/probability[{}]", images.begin + i));
        for (std::uint64_t v = offsets[i]; v < offsets[i + 1]; ++v)
            judge(variant_rows, v - offsets.front(), fmt::format("/variant/probability[{}]", v));
    }
}

}  // namespace

std::vector<std::string> check_occlusion_content(const OcclusionReader& file, std::size_t limit) {
    Findings findings(limit);
    findings.collect([&] {
        if (file.variant_offsets({0, 0}).front() != 0) findings.add("/image/variant_offset does not start at 0");
        if (file.variant_offsets({file.images(), file.images()}).front() != file.variants())
            findings.add("/image/variant_offset does not end at the number of variants");
    });
    findings.collect([&] { (void)file.scene_names(); });
    findings.collect([&] { (void)file.semantic_names(); });
    constexpr std::uint64_t block = 256;
    for (std::uint64_t begin = 0; begin < file.images() && !findings.full(); begin += block) {
        const Range images{begin, std::min(begin + block, file.images())};
        findings.collect([&] { (void)file.image_paths(images); });
        findings.collect([&] { check_block(file, images, findings); });
    }
    return findings.take();
}

}  // namespace semscope::results
