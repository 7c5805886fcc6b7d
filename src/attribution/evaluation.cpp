#include "semscope/attribution/evaluation.hpp"

#include "semscope/core/errors.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace semscope::attribution {

Evaluation::Evaluation(const Settings& settings, Subject subject, std::size_t scenes)
    : settings_(&settings), subject_(std::move(subject)), scenes_(scenes), scores_(subject_.truth) {
    if (settings.shapley != Shapley::off)
        shapley_.emplace(ShapleyPlan(settings, subject_.image, subject_.classes), scenes);
    base_.reserve((1 + subject_.classes) * scenes);
    upcoming_ = find_next();
}

/// P, P without each class, and the empty coalition where it is needed and none of these.
std::size_t Evaluation::base_count() const noexcept {
    return 1 + subject_.classes + (needs_empty() && subject_.classes > 1 ? 1 : 0);
}

Coalition Evaluation::base_coalition(std::size_t index) const {
    if (index == 0) return all_of(subject_.classes);
    return index <= subject_.classes ? all_but(subject_.classes, {index - 1}) : Coalition(subject_.classes);
}

std::optional<Coalition> Evaluation::next() {
    if (!upcoming_) return std::nullopt;
    given_.push_back(*upcoming_);
    ++given_count_;
    return std::exchange(upcoming_, find_next());
}

/// Moves on to the next stage where one has no more.
std::optional<Coalition> Evaluation::find_next() {
    while (stage_ != Stage::end) {
        // The orders of the curves stand on all that was asked for before.
        if (stage_ == Stage::curves && orders_.empty()) {
            if (!given_.empty()) return std::nullopt;
            find_orders();
        }
        if (auto coalition = next_of_stage()) return coalition;
        enter_next_stage();
    }
    return std::nullopt;
}

std::optional<Coalition> Evaluation::next_of_stage() {
    if (stage_ == Stage::base) {
        if (next_index_ == base_count()) return std::nullopt;
        Coalition coalition = base_coalition(next_index_++);
        if (needs_scores()) scores_.expect(coalition);
        return coalition;
    }
    if (stage_ == Stage::shapley) {
        if (next_index_ >= shapley_->plan().size()) return std::nullopt;
        Coalition coalition = shapley_->plan().coalition(next_index_++);
        if (needs_scores()) scores_.expect(coalition);
        return coalition;
    }
    return next_wanted();
}

std::optional<Coalition> Evaluation::next_wanted() {
    while (next_index_ < wanted_.size())
        if (const Coalition& coalition = wanted_[next_index_++]; scores_.expect(coalition)) return coalition;
    return std::nullopt;
}

void Evaluation::want(const std::vector<Coalition>& coalitions) {
    wanted_.insert(wanted_.end(), coalitions.begin(), coalitions.end());
}

void Evaluation::enter_next_stage() {
    next_index_ = 0;
    wanted_.clear();
    if (stage_ == Stage::base && shapley_) {
        stage_ = Stage::shapley;
        next_index_ = base_count();  // a plan begins with the same coalitions
    } else if (stage_ < Stage::pairs && settings_->interactions) {
        stage_ = Stage::pairs;
        for (std::size_t s = 0; s < subject_.classes; ++s)
            for (std::size_t t = s + 1; t < subject_.classes; ++t) want({all_but(subject_.classes, {s, t})});
    } else {
        stage_ = stage_ < Stage::curves && settings_->curves ? Stage::curves : Stage::end;
    }
}

void Evaluation::find_orders() {
    const std::size_t predicted = scores_.predicted();
    OrderValues values;
    values.pixels = subject_.pixels;
    for (std::size_t i = 0; i < subject_.classes; ++i)
        values.deviation.push_back(double{base_[predicted]} - double{base_[(i + 1) * scenes_ + predicted]});
    if (shapley_) {
        const auto all = shapley_->values();
        for (std::size_t i = 0; i < subject_.classes; ++i) values.shapley.push_back(all[i * scenes_ + predicted]);
    }
    // An image with a score that is not finite has no result; what is no number has no place in an order.
    const auto is_no_number = [](auto value) { return std::isnan(value); };
    if (std::any_of(values.deviation.begin(), values.deviation.end(), is_no_number) ||
        std::any_of(values.shapley.begin(), values.shapley.end(), is_no_number)) {
        std::fill(values.deviation.begin(), values.deviation.end(), 0);
        std::fill(values.shapley.begin(), values.shapley.end(), 0.0F);
    }
    orders_ = curve_orders(*settings_, subject_.image, values);
    for (const Order& order : orders_) {
        want(deletion_coalitions(order));
        want(insertion_coalitions(order));
    }
}

void Evaluation::add(std::span<const float> row) {
    if (given_.empty() || row.size() != scenes_) throw LibraryError("a row came for no coalition");
    const std::uint64_t index = rows();
    const Coalition coalition = std::move(given_.front());
    given_.pop_front();
    if (index <= subject_.classes) base_.insert(base_.end(), row.begin(), row.end());
    if (needs_empty() && coalition.none()) empty_.assign(row.begin(), row.end());
    if (shapley_ && index < shapley_->plan().size()) shapley_->add(row);
    if (needs_scores()) scores_.set(coalition, row);
    if (!upcoming_) upcoming_ = find_next();
    if (finished()) keep_results();
}

void Evaluation::keep_results() {
    if (shapley_) shapley_result_ = ShapleyResult{shapley_->values(), shapley_->errors(), shapley_->plan().size()};
    for (const Order& order : orders_) curves_.push_back(make_curve(order, scores_, subject_.pixels));
    if (settings_->interactions) interactions_ = find_interactions();
    shapley_.reset();
    scores_ = Scores(subject_.truth);
    wanted_ = {};
    given_ = {};
}

std::vector<Interaction> Evaluation::find_interactions() const {
    std::vector<Interaction> found;
    const std::size_t n = subject_.classes;
    const Score& all = scores_.at(all_of(n));
    for (std::size_t s = 0; s < n; ++s)
        for (std::size_t t = s + 1; t < n; ++t) {
            const Score& first = scores_.at(all_but(n, {s}));
            const Score& second = scores_.at(all_but(n, {t}));
            const Score& both = scores_.at(all_but(n, {s, t}));
            const auto of = [&](float Score::*member) {
                return static_cast<float>(double{all.*member} - double{first.*member} - double{second.*member} +
                                          double{both.*member});
            };
            found.push_back({of(&Score::predicted), of(&Score::truth)});
        }
    return found;
}

std::uint64_t planned_forwards(const Settings& settings, std::uint64_t image, std::size_t classes) {
    if (settings.shapley != Shapley::off && all_fit(settings.budget, classes)) return std::uint64_t{1} << classes;
    Evaluation evaluation(settings, {image, -1, classes, {}}, 0);
    while (evaluation.next()) {
    }
    const std::uint64_t certain = evaluation.given();
    const std::uint64_t further = most_curve_coalitions(settings, classes);
    constexpr std::size_t bits = 63;
    const std::uint64_t all = classes < bits ? std::uint64_t{1} << classes : UINT64_MAX;
    return std::min(certain + further, all);
}

}  // namespace semscope::attribution
