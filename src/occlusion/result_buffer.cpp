#include "result_buffer.hpp"

#include "semscope/attribution/orders.hpp"
#include "semscope/attribution/scores.hpp"
#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace semscope::occlusion {

namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

/// Adds a range of rows to a list of ranges, joining it to the last one when they touch.
void append_range(std::vector<Range>& ranges, Range range) {
    if (range.empty()) return;
    if (!ranges.empty() && ranges.back().end == range.begin)
        ranges.back().end = range.end;
    else
        ranges.push_back(range);
}

template <class T>
void append_values(std::vector<T>& to, std::span<const T> values) {
    to.insert(to.end(), values.begin(), values.end());
}

template <class T>
void append_copies(std::vector<T>& to, std::size_t count, T value) {
    to.insert(to.end(), count, value);
}

/// Cross-entropy of the true scene: -ln p.
float loss_of(std::span<const float> probabilities, std::int32_t scene) {
    if (scene < 0) return nan;
    return static_cast<float>(-std::log(static_cast<double>(probabilities[static_cast<std::size_t>(scene)])));
}

/// What of the image a row is, for messages.
const char* describe_row(const attribution::Evaluation& evaluation) {
    if (evaluation.rows() == 0) return "as it is";
    return evaluation.rows() <= evaluation.classes() ? "with a class inhibited" : "with several classes inhibited";
}

/// Step k of an order is row k - 1 of the image's variants, with an entry for each order.
void append_curves(const ImageInWork& image, results::AttributionRows& out) {
    using results::CurveArea;
    const attribution::Evaluation& evaluation = *image.evaluation;
    const std::size_t orders = evaluation.orders().size();
    const std::size_t begin = out.deletion.size();
    const std::size_t classes = evaluation.classes();
    append_copies(out.deletion, classes * orders, 0.0F);
    append_copies(out.insertion, classes * orders, 0.0F);
    append_copies(out.step_semantic, classes * orders, std::uint16_t{0});
    for (std::size_t o = 0; o < orders; ++o) {
        const attribution::Order& order = evaluation.orders()[o];
        const attribution::Curve& curve = evaluation.curves()[o];
        for (std::size_t k = 0; k < classes; ++k) {
            const std::size_t place = begin + k * orders + o;
            out.step_semantic[place] = image.rows.semantics[order[k]];
            out.deletion[place] = curve.deletion[k + 1];
            out.insertion[place] = curve.insertion[k + 1];
        }
        const auto area = [&](CurveArea which) -> auto& { return out.areas.at(static_cast<std::size_t>(which)); };
        area(CurveArea::deletion).push_back(curve.deletion_area);
        area(CurveArea::deletion_pixels).push_back(curve.deletion_area_pixels);
        area(CurveArea::insertion).push_back(curve.insertion_area);
        area(CurveArea::insertion_pixels).push_back(curve.insertion_area_pixels);
        out.flip_count.push_back(curve.flip_count);
    }
}

}  // namespace

ImageInWork& ResultBuffer::expect(ImageRows rows) {
    ImageInWork& image = images_.emplace_back(ImageInWork{std::move(rows)});
    image.evaluation.emplace(
        settings_,
        attribution::Subject{image.rows.image, image.rows.scene, image.rows.variants.size(), image.rows.pixels},
        scenes_);
    return image;
}

void ResultBuffer::add_unreadable(ImageRows rows) {
    images_.emplace_back(ImageInWork{std::move(rows), results::ImageStatus::unreadable});
}

void ResultBuffer::add_row(ImageInWork& image, std::span<const float> row) {
    attribution::Evaluation& evaluation = image.evaluation.value();
    const bool finite = std::all_of(row.begin(), row.end(), [](float p) { return std::isfinite(p); });
    if (!finite && image.status == results::ImageStatus::done) {
        image.status = results::ImageStatus::not_finite;
        not_finite_.push_back(fmt::format("{} ({})", image_name_(image.rows.image), describe_row(evaluation)));
    }
    if (const std::string problem = results::problem_with_distribution(row); finite && !problem.empty())
        throw InferenceError(
            fmt::format("the network gave no probabilities with the sum 1, which model.output promises, for {} ({}): "
                        "the row {}",
                        image_name_(image.rows.image), describe_row(evaluation), problem));
    evaluation.add(row);
    if (image.finished()) add_to_score(image);
}

void ResultBuffer::add_to_score(const ImageInWork& image) {
    if (image.rows.scene < 0 || image.status != results::ImageStatus::done) return;
    const auto row = std::span(image.evaluation->probabilities()).first(scenes_);
    ++score_.images;
    score_.correct += attribution::predicted_scene(row) == static_cast<std::uint32_t>(image.rows.scene) ? 1 : 0;
    score_.loss += static_cast<double>(loss_of(row, image.rows.scene));
}

namespace {

std::size_t count_rows(const ImageInWork& image) {
    return image.evaluation ? image.evaluation->rows() : 1 + image.rows.variants.size();
}

}  // namespace

void ResultBuffer::settle() {
    results::ResultRows& out = ready_;
    for (; !images_.empty() && images_.front().finished(); images_.pop_front()) {
        const ImageInWork& image = images_.front();
        ready_count_ += count_rows(image);
        append_range(out.images, {image.rows.image, image.rows.image + 1});
        append_range(out.variants, image.rows.variants);
        append_range(out.attribution.pairs, image.rows.pairs);
        out.status.push_back(stored(image.status));
        out.photo_digest.push_back(image.rows.photo_digest);
        if (image.status == results::ImageStatus::done)
            append(image);
        else
            append_nothing(image.rows);
    }
}

results::ResultRows ResultBuffer::take_finished() {
    settle();
    ready_count_ = 0;
    return std::exchange(ready_, {});
}

void ResultBuffer::append(const ImageInWork& image) {
    results::ResultRows& out = ready_;
    const std::span<const float> rows = image.evaluation->probabilities();
    append_values(out.image_probability, rows.first(scenes_));
    append_values(out.variant_probability, rows.subspan(scenes_));
    out.image_loss.push_back(loss_of(rows.first(scenes_), image.rows.scene));
    append_attribution(image);
}

void ResultBuffer::append_attribution(const ImageInWork& image) {
    results::AttributionRows& out = ready_.attribution;
    const attribution::Evaluation& evaluation = *image.evaluation;
    append_values(out.probability_empty, std::span<const float>(evaluation.empty_probabilities()));
    if (const attribution::ShapleyResult* shapley = evaluation.shapley()) {
        append_values(out.shapley, std::span<const float>(shapley->values));
        append_values(out.shapley_error, std::span<const float>(shapley->errors));
        out.coalitions.push_back(static_cast<std::uint32_t>(shapley->coalitions));
    }
    append_curves(image, out);
    for (const attribution::Interaction& interaction : evaluation.interactions()) {
        out.interaction_predicted.push_back(interaction.predicted);
        out.interaction_truth.push_back(interaction.truth);
    }
}

/// Of an image without a result: NaN, and 0 for what is no real number.
void ResultBuffer::append_nothing(const ImageRows& rows) {
    results::ResultRows& out = ready_;
    const std::size_t classes = rows.variants.size();
    append_copies(out.image_probability, scenes_, nan);
    append_copies(out.variant_probability, classes * scenes_, nan);
    out.image_loss.push_back(nan);
    results::AttributionRows& more = out.attribution;
    if (settings_.shapley != attribution::Shapley::off) {
        append_copies(more.shapley, classes * scenes_, nan);
        append_copies(more.shapley_error, classes * scenes_, nan);
        more.coalitions.push_back(0);
    }
    if (settings_.shapley != attribution::Shapley::off || settings_.curves)
        append_copies(more.probability_empty, scenes_, nan);
    const std::size_t orders = order_names(settings_).size();
    append_copies(more.step_semantic, classes * orders, std::uint16_t{0});
    append_copies(more.deletion, classes * orders, nan);
    append_copies(more.insertion, classes * orders, nan);
    for (auto& areas : more.areas) append_copies(areas, orders, nan);
    append_copies(more.flip_count, orders, std::uint32_t{0});
    append_copies(more.interaction_predicted, rows.pairs.size(), nan);
    append_copies(more.interaction_truth, rows.pairs.size(), nan);
}

std::size_t ResultBuffer::rows() const noexcept {
    std::size_t rows = ready_count_;
    for (const ImageInWork& image : images_) rows += count_rows(image);
    return rows;
}

}  // namespace semscope::occlusion
