#include "attribution_findings.hpp"

#include "occlusion_schema.hpp"
#include "semscope/attribution/curves.hpp"
#include "semscope/attribution/scores.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <optional>

namespace semscope::results {

namespace {

constexpr double tolerance = 1e-5;

/// An image of a block: its classes are rows [first, first + classes) of what was read for the block.
struct CheckedImage {
    std::uint64_t image = 0;
    std::size_t index = 0;  ///< in the block
    std::size_t first = 0;
    std::size_t classes = 0;
    ImageStatus status = ImageStatus::pending;
};

template <class Check>
void for_each_image(const CheckedBlock& block, Check&& check) {
    for (std::size_t i = 0; i < block.status.size(); ++i) {
        const auto status = static_cast<ImageStatus>(block.status[i]);
        const std::size_t first = block.offsets[i] - block.offsets.front();
        if (status != ImageStatus::pending)
            check(CheckedImage{block.images.begin + i, i, first, block.offsets[i + 1] - block.offsets[i], status});
    }
}

bool all_nan(std::span<const float> values) {
    return std::all_of(values.begin(), values.end(), [](float value) { return std::isnan(value); });
}

/// Adds a problem where an image without a result has numbers. Returns whether the image has a result.
bool has_result(const CheckedImage& image, std::initializer_list<std::span<const float>> rows, Problems& problems) {
    if (image.status == ImageStatus::done) return true;
    if (!std::all_of(rows.begin(), rows.end(), all_nan))
        problems.add(fmt::format("the attributions of image {}, which has no result, are not NaN", image.image));
    return false;
}

class ShapleyCheck {
  public:
    ShapleyCheck(const OcclusionReader& file, const CheckedBlock& block)
        : block_(block),
          scenes_(file.scenes()),
          values_(file.shapley_values({block.offsets.front(), block.offsets.back()})),
          errors_(file.shapley_errors({block.offsets.front(), block.offsets.back()})),
          coalitions_(file.image_coalitions(block.images)) {}

    void check(const CheckedImage& image, std::span<const float> empty, Problems& problems) const {
        const auto values = rows_of(values_, image);
        const auto errors = rows_of(errors_, image);
        if (!has_result(image, {values, errors}, problems)) return;
        const std::string& path = occlusion_schema().shapley.path;
        const bool exact = image.classes < 32 && coalitions_[image.index] == std::uint64_t{1} << image.classes;
        for (const float error : errors)
            if (!(error >= 0) || (exact && error != 0))
                return problems.add(fmt::format("{} of image {} holds {} for {} coalitions of {} classes",
                                                occlusion_schema().shapley_error.path, image.image, error,
                                                coalitions_[image.index], image.classes));
        for (std::size_t c = 0; c < scenes_; ++c) {
            double sum = 0;
            for (std::size_t i = 0; i < image.classes; ++i) sum += double{values[i * scenes_ + c]};
            const double whole = double{block_.probability[image.index * scenes_ + c]} - double{empty[c]};
            if (!(std::abs(sum - whole) <= tolerance))
                return problems.add(
                    fmt::format("{} of image {} sums to {:.6f} for scene {}, where p - p_empty is {:.6f}", path,
                                image.image, sum, c, whole));
        }
    }

  private:
    std::span<const float> rows_of(const std::vector<float>& values, const CheckedImage& image) const {
        return std::span(values).subspan(image.first * scenes_, image.classes * scenes_);
    }

    const CheckedBlock& block_;
    std::size_t scenes_;
    std::vector<float> values_;
    std::vector<float> errors_;
    std::vector<std::uint32_t> coalitions_;
};

class CurveCheck {
  public:
    CurveCheck(const OcclusionReader& file, const CheckedBlock& block)
        : block_(block),
          names_(file.orders()),
          scenes_(file.scenes()),
          semantics_(file.variant_semantics(variants())),
          pixels_(file.variant_pixels(variants())),
          steps_(file.step_semantics(variants())),
          deletion_(file.deletion_curves(variants())),
          insertion_(file.insertion_curves(variants())),
          flips_(file.flip_counts(block.images)) {
        for (const CurveArea area : curve_areas) areas_.push_back(file.areas(area, block.images));
    }

    void check(const CheckedImage& image, std::span<const float> empty, Problems& problems) const {
        const std::size_t orders = names_.size();
        const auto deletion = std::span(deletion_).subspan(image.first * orders, image.classes * orders);
        const auto insertion = std::span(insertion_).subspan(image.first * orders, image.classes * orders);
        if (!has_result(image, {deletion, insertion}, problems)) return;
        for (std::size_t o = 0; o < orders; ++o)
            if (const std::string fault = problem_with_order(image, o, empty); !fault.empty())
                problems.add(
                    fmt::format("the curves of image {} in the order \"{}\" {}", image.image, names_[o], fault));
    }

  private:
    Range variants() const { return {block_.offsets.front(), block_.offsets.back()}; }
    std::size_t place(const CheckedImage& image, std::size_t k, std::size_t order) const {
        return (image.first + k) * names_.size() + order;
    }

    std::string problem_with_order(const CheckedImage& image, std::size_t o, std::span<const float> empty) const {
        const auto probability = block_.probability.subspan(image.index * scenes_, scenes_);
        const std::uint32_t predicted = attribution::predicted_scene(probability);
        std::vector<float> deletion{probability[predicted]};
        std::vector<float> insertion{empty[predicted]};
        std::vector<std::uint32_t> pixels;
        std::vector<bool> seen(image.classes);
        for (std::size_t k = 0; k < image.classes; ++k) {
            deletion.push_back(deletion_[place(image, k, o)]);
            insertion.push_back(insertion_[place(image, k, o)]);
            const auto begin = semantics_.begin() + static_cast<std::ptrdiff_t>(image.first);
            const auto end = begin + static_cast<std::ptrdiff_t>(image.classes);
            const auto found = std::lower_bound(begin, end, steps_[place(image, k, o)]);
            if (found == end || *found != steps_[place(image, k, o)]) return "name a class that the image has not";
            const auto own = static_cast<std::size_t>(found - begin);
            if (seen[own]) return "name a class twice";
            seen[own] = true;
            pixels.push_back(pixels_[image.first + own]);
        }
        if (deletion.back() != empty[predicted] || insertion.back() != probability[predicted])
            return "do not end at p_empty and at p";
        if (flips_[image.index * names_.size() + o] > image.classes) return "flip after more classes than there are";
        return problem_with_areas(image, o, {deletion, insertion, pixels});
    }

    struct Points {
        std::span<const float> deletion, insertion;
        std::span<const std::uint32_t> pixels;
    };

    std::string problem_with_areas(const CheckedImage& image, std::size_t o, const Points& points) const {
        const auto stored = [&](CurveArea area) {
            return double{areas_[static_cast<std::size_t>(area)][image.index * names_.size() + o]};
        };
        if (image.classes == 0)
            return std::isnan(stored(CurveArea::deletion)) ? "" : "have an area though the image has no classes";
        const auto by_classes = attribution::class_positions(image.classes);
        const auto by_pixels = attribution::pixel_positions(points.pixels);
        for (const CurveArea area : curve_areas) {
            const bool of_deletion = area == CurveArea::deletion || area == CurveArea::deletion_pixels;
            const bool of_classes = area == CurveArea::deletion || area == CurveArea::insertion;
            const double expected = attribution::area(of_classes ? by_classes : by_pixels,
                                                      of_deletion ? points.deletion : points.insertion);
            if (!(std::abs(stored(area) - expected) <= tolerance))
                return fmt::format("have the area {:.6f}, where {} says {:.6f}", expected,
                                   occlusion_schema().curve_area(area).path, stored(area));
        }
        return "";
    }

    const CheckedBlock& block_;
    const std::vector<std::string>& names_;
    std::size_t scenes_;
    std::vector<std::uint16_t> semantics_;
    std::vector<std::uint32_t> pixels_;
    std::vector<std::uint16_t> steps_;
    std::vector<float> deletion_;
    std::vector<float> insertion_;
    std::vector<std::uint32_t> flips_;
    std::vector<std::vector<float>> areas_;
};

void check_pairs(const OcclusionReader& file, const CheckedBlock& block, Problems& problems) {
    const auto offsets = file.pair_offsets(block.images);
    const Range pairs{offsets.front(), offsets.back()};
    const auto image = file.pair_images(pairs);
    const auto first = file.pair_first(pairs);
    const auto second = file.pair_second(pairs);
    const auto predicted = file.interactions(InteractionScene::predicted, pairs);
    const auto truth = file.interactions(InteractionScene::truth, pairs);
    const auto semantics = file.variant_semantics({block.offsets.front(), block.offsets.back()});
    for (std::size_t i = 0; i < block.status.size(); ++i) {
        const auto own = std::span(semantics).subspan(block.offsets[i] - block.offsets.front(),
                                                      block.offsets[i + 1] - block.offsets[i]);
        std::size_t row = offsets[i] - offsets.front();
        const std::size_t end = offsets[i + 1] - offsets.front();
        bool sound = end - row == (own.empty() ? 0 : own.size() * (own.size() - 1) / 2);
        bool numbers = true;
        for (std::size_t s = 0; s < own.size() && sound; ++s)
            for (std::size_t t = s + 1; t < own.size() && sound; ++t, ++row) {
                sound = image[row] == block.images.begin + i && first[row] == own[s] && second[row] == own[t];
                const auto status = static_cast<ImageStatus>(block.status[i]);
                const bool known = status == ImageStatus::done;
                if (status == ImageStatus::pending) continue;
                numbers = numbers && std::isfinite(predicted[row]) == known &&
                          std::isfinite(truth[row]) == (known && block.scene[i] >= 0);
            }
        if (!sound)
            problems.add(fmt::format("the pairs of image {} are not those of its classes", block.images.begin + i));
        if (!numbers)
            problems.add(
                fmt::format("the interactions of image {} are not what its status says", block.images.begin + i));
    }
}

}  // namespace

void check_attributions(const OcclusionReader& file, const CheckedBlock& block, Problems& problems) {
    if (file.has_interactions()) check_pairs(file, block, problems);
    if (!file.has_empty_probabilities()) return;
    const auto empty = file.empty_probabilities(block.images);
    std::optional<ShapleyCheck> shapley;
    std::optional<CurveCheck> curves;
    if (file.has_shapley()) shapley.emplace(file, block);
    if (file.has_curves()) curves.emplace(file, block);
    for_each_image(block, [&](const CheckedImage& image) {
        const auto row = std::span(empty).subspan(image.index * file.scenes(), file.scenes());
        if (const std::string fault = problem_with_distribution(row);
            image.status == ImageStatus::done && !fault.empty())
            return problems.add(
                fmt::format("{}[{}] {}", occlusion_schema().probability_empty.path, image.image, fault));
        if (image.status != ImageStatus::done && !all_nan(row))
            return problems.add(fmt::format("{}[{}] belongs to an image without a result but is not NaN",
                                            occlusion_schema().probability_empty.path, image.image));
        if (shapley) shapley->check(image, row, problems);
        if (curves) curves->check(image, row, problems);
    });
}

}  // namespace semscope::results
