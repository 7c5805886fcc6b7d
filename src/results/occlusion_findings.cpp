#include "attribution_findings.hpp"
#include "occlusion_schema.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/results/occlusion_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

namespace semscope::results {

std::string problem_with_distribution(std::span<const float> row) {
    double sum = 0;
    for (const float p : row) {
        if (!std::isfinite(p)) return "holds a value that is not finite";
        if (p < 0 || p > 1) return "holds a value outside [0, 1]";
        sum += p;
    }
    return std::abs(sum - 1) <= 1e-3 ? "" : fmt::format("sums to {:.6f}", sum);
}

namespace {

std::string problem_with_no_result(std::span<const float> row) {
    const bool all_nan = std::all_of(row.begin(), row.end(), [](float p) { return std::isnan(p); });
    return all_nan ? "" : "belongs to an image without a result but is not NaN";
}

std::string problem_with_row(std::span<const float> row, ImageStatus status) {
    if (status == ImageStatus::done) return problem_with_distribution(row);
    if (status == ImageStatus::unreadable || status == ImageStatus::not_finite) return problem_with_no_result(row);
    return "";  // pending: anything may stand there
}

/// One number or row of a dataset, for messages: "/image/loss[7]".
template <class T>
std::string place(const Field<T>& field, std::uint64_t row) {
    return fmt::format("{}[{}]", field.path, row);
}

/// The variants of a block of images: their image, class and size.
void check_variants(const OcclusionReader& file, std::span<const std::uint64_t> offsets, std::uint64_t first,
                    Problems& problems) {
    const OcclusionSchema& table = occlusion_schema();
    const Range range{offsets.front(), offsets.back()};
    const auto image = file.variant_images(range);
    const auto semantic = file.variant_semantics(range);
    const auto pixels = file.variant_pixels(range);
    for (std::size_t i = 0; i + 1 < offsets.size(); ++i)
        for (std::uint64_t v = offsets[i]; v < offsets[i + 1]; ++v) {
            const std::size_t k = v - offsets.front();
            if (image[k] != first + i)
                problems.add(fmt::format("{} is not image {}", place(table.variant_image, v), first + i));
            if (semantic[k] == 0 || semantic[k] >= file.semantics())
                problems.add(fmt::format("{} = {} is out of range", place(table.variant_semantic, v), semantic[k]));
            if (v > offsets[i] && semantic[k] <= semantic[k - 1])
                problems.add(
                    fmt::format("{} does not ascend within image {}", place(table.variant_semantic, v), first + i));
            if (pixels[k] == 0) problems.add(fmt::format("{} is 0", place(table.variant_pixels, v)));
        }
}

void check_block(const OcclusionReader& file, Range images, Problems& problems) {
    const OcclusionSchema& table = occlusion_schema();
    const auto offsets = file.variant_offsets(images);
    check_variants(file, offsets, images.begin, problems);

    const auto status = file.image_status(images);
    const auto scene = file.image_scenes(images);
    const std::size_t length = file.scenes();
    const auto rows = file.image_probabilities(images);
    const auto variant_rows = file.variant_probabilities({offsets.front(), offsets.back()});
    for (std::size_t i = 0; i < status.size(); ++i) {
        const std::uint64_t image = images.begin + i;
        if (status[i] > stored(ImageStatus::not_finite))
            problems.add(fmt::format("{} = {} is unknown", place(table.image_status, image), status[i]));
        if (file.complete() && status[i] == 0)
            problems.add(fmt::format("image {} is pending in a file that says it is complete", image));
        if (scene[i] < -1 || scene[i] >= static_cast<std::int64_t>(length))
            problems.add(fmt::format("{} = {} is out of range", place(table.image_scene, image), scene[i]));
        const auto known = static_cast<ImageStatus>(status[i]);
        if (const auto fault = problem_with_row(std::span(rows).subspan(i * length, length), known); !fault.empty())
            problems.add(fmt::format("{} {}", place(table.image_probability, image), fault));
        for (std::uint64_t v = offsets[i]; v < offsets[i + 1]; ++v) {
            const auto row = std::span(variant_rows).subspan((v - offsets.front()) * length, length);
            if (const auto fault = problem_with_row(row, known); !fault.empty())
                problems.add(fmt::format("{} {}", place(table.variant_probability, v), fault));
        }
    }
    check_attributions(file, {images, offsets, status, scene, rows, variant_rows}, problems);
}

}  // namespace

std::vector<std::string> check_occlusion_content(const OcclusionReader& file, std::size_t limit) {
    Problems problems;
    problems.collect([&] {
        const std::string& offsets = occlusion_schema().variant_offset.path;
        if (file.variant_offsets({0, 0}).front() != 0) problems.add(offsets + " does not start at 0");
        if (file.variant_offsets({file.images(), file.images()}).front() != file.variants())
            problems.add(offsets + " does not end at the number of variants");
    });
    problems.collect([&] { (void)file.scene_names(); });
    problems.collect([&] { (void)file.semantic_names(); });
    constexpr std::uint64_t block = 256;
    for (std::uint64_t begin = 0; begin < file.images() && problems.list().size() < limit; begin += block) {
        const Range images{begin, std::min(begin + block, file.images())};
        problems.collect([&] { (void)file.image_paths(images); });
        problems.collect([&] { check_block(file, images, problems); });
    }
    auto findings = problems.list();
    findings.resize(std::min(findings.size(), limit));
    return findings;
}

}  // namespace semscope::results
