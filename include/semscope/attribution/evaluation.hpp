#pragma once

#include "semscope/attribution/coalition.hpp"
#include "semscope/attribution/curves.hpp"
#include "semscope/attribution/scores.hpp"
#include "semscope/attribution/settings.hpp"
#include "semscope/attribution/shapley.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace semscope::attribution {

/// The image that is evaluated.
struct Subject {
    std::uint64_t image = 0;            ///< index in the image list
    std::int32_t truth = -1;            ///< true scene; -1 = unknown
    std::size_t classes = 0;            ///< n
    std::vector<std::uint32_t> pixels;  ///< [n] of each class; may be empty where no curves are asked for
};

/// The interaction of two classes s < t: v(P) - v(P\s) - v(P\t) + v(P\{s,t}). Negative where they stand in for each
/// other, positive where they need each other.
struct Interaction {
    float predicted = 0;  ///< of the predicted scene
    float truth = 0;      ///< of the true scene; NaN where that is unknown
};

/// The Shapley values of an image.
struct ShapleyResult {
    std::vector<float> values;   ///< [n,C]
    std::vector<float> errors;   ///< [n,C], standard errors; 0 where the values are exact
    std::size_t coalitions = 0;  ///< that the values stand on
};

/// The forwards of one image and what comes of them. It gives out coalitions, each once, and takes their rows in the
/// same order: P, P without each class, then what Shapley values and interactions need, then what curves need, whose
/// orders stand on all rows before. What it gives out depends on the settings, the subject and the rows alone. With the
/// last row, sums and scores become results, and their memory is given back: images stay until the next checkpoint.
/// Local.
class Evaluation {
  public:
    /// `settings` must outlive the object. `scenes`: C, the length of a row. Throws LibraryError when the budget is too
    /// small (problem_with_budget).
    Evaluation(const Settings& settings, Subject subject, std::size_t scenes);

    std::size_t classes() const noexcept { return subject_.classes; }

    /// The next coalition to be forwarded. Nothing when there are no more, or none until the rows of all that were
    /// given out have come: see exhausted.
    std::optional<Coalition> next();

    /// Takes the row of the oldest coalition that was given out and has none yet, C probabilities.
    void add(std::span<const float> row);

    /// No more coalitions will come.
    bool exhausted() const noexcept { return stage_ == Stage::end && !upcoming_; }
    /// All rows are here.
    bool finished() const noexcept { return exhausted() && given_.empty(); }

    /// Coalitions that were given out, and rows that have come.
    std::uint64_t given() const noexcept { return given_count_; }
    std::uint64_t rows() const noexcept { return given_count_ - given_.size(); }

    // What follows is there once all rows are.

    /// [1+n,C]: P, then P without each class.
    const std::vector<float>& probabilities() const noexcept { return base_; }
    /// [C], all classes inhibited; empty where nothing asks for it.
    const std::vector<float>& empty_probabilities() const noexcept { return empty_; }
    /// Null where none are asked for.
    const ShapleyResult* shapley() const noexcept { return shapley_result_ ? &*shapley_result_ : nullptr; }
    /// The orders of the curves, O of them, and their curves; none where no curves are asked for.
    const std::vector<Order>& orders() const noexcept { return orders_; }
    const std::vector<Curve>& curves() const noexcept { return curves_; }
    /// Of the pairs s < t, ascending by (s, t); none where they are not asked for.
    const std::vector<Interaction>& interactions() const noexcept { return interactions_; }

  private:
    enum class Stage { base, shapley, pairs, curves, end };

    bool needs_scores() const noexcept { return settings_->curves || settings_->interactions; }
    bool needs_empty() const noexcept { return settings_->curves || settings_->shapley != Shapley::off; }
    std::size_t base_count() const noexcept;
    Coalition base_coalition(std::size_t index) const;
    std::optional<Coalition> find_next();
    std::optional<Coalition> next_of_stage();
    std::optional<Coalition> next_wanted();
    void want(const std::vector<Coalition>& coalitions);
    void enter_next_stage();
    void find_orders();
    void keep_results();
    std::vector<Interaction> find_interactions() const;

    const Settings* settings_;
    Subject subject_;
    std::size_t scenes_;
    std::optional<ShapleyValues> shapley_;
    Scores scores_;
    Stage stage_ = Stage::base;
    std::size_t next_index_ = 0;         ///< within the stage
    std::vector<Coalition> wanted_;      ///< of the stage, where they are listed before
    std::optional<Coalition> upcoming_;  ///< what next() gives out
    std::deque<Coalition> given_;        ///< without row yet, oldest first
    std::uint64_t given_count_ = 0;
    std::vector<float> base_;
    std::vector<float> empty_;
    std::vector<Order> orders_;
    std::optional<ShapleyResult> shapley_result_;
    std::vector<Curve> curves_;
    std::vector<Interaction> interactions_;
};

/// The forwards that an image will take: all but those of the curves are certain, of those it is the most. Throws
/// LibraryError as Evaluation.
std::uint64_t planned_forwards(const Settings& settings, std::uint64_t image, std::size_t classes);

}  // namespace semscope::attribution
