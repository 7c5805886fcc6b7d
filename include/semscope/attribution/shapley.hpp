#pragma once

#include "semscope/attribution/coalition.hpp"
#include "semscope/attribution/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// Shapley values of the classes of one image: Shapley, "A value for n-person games", 1953. All local and pure.
namespace semscope::attribution {

/// Whether all 2^n coalitions fit a budget.
bool all_fit(std::uint64_t budget, std::size_t classes);

/// What keeps the Shapley values of an image with so many classes from being computed as the settings ask, as "has 12
/// classes, ..."; "" = nothing.
std::string problem_with_budget(const Settings& settings, std::size_t classes);

/// The coalitions that the Shapley values of an image stand on, each once, in the order in which they are forwarded: P,
/// P without each class, the empty one, then the others. What is drawn depends on (seed, image, number of the
/// permutation) alone.
///
/// All coalitions where they fit the budget. Else random permutations, from which values are estimated without bias
/// (Castro, Gomez, Tejada 2009), each with its reverse (antithetic pairs: Mitchell, Cooper, Frank, Holmes 2022), until
/// the next pair would ask for more new coalitions than the budget has left, or half as many pairs were drawn as the
/// budget has forwards.
class ShapleyPlan {
  public:
    /// What a coalition's row is worth: it is added to the sum of a class, or subtracted.
    struct Use {
        std::uint32_t of_class = 0;
        std::uint32_t group = 0;
        double weight = 0;
    };

    /// Throws LibraryError when there is a problem_with_budget.
    ShapleyPlan(const Settings& settings, std::uint64_t image, std::size_t classes);

    bool exact() const noexcept { return exact_; }
    std::size_t classes() const noexcept { return classes_; }

    /// Number of coalitions.
    std::size_t size() const noexcept { return exact_ ? masks_.size() : coalitions_.size(); }
    Coalition coalition(std::size_t index) const;

    /// Calls visit(Use) for each use of a coalition.
    template <class Visit>
    void for_each_use(std::size_t index, Visit&& visit) const;

    /// Pairs of permutations in each group; none where all coalitions are there. The groups are what the standard error
    /// is estimated from, 2 of them at least and maximum_groups at most, so that memory does not grow with the budget.
    const std::vector<std::uint64_t>& group_pairs() const noexcept { return group_pairs_; }
    static constexpr std::size_t maximum_groups = 32;

  private:
    void enumerate();
    void draw(const Settings& settings, std::uint64_t image);

    std::size_t classes_;
    bool exact_;
    std::vector<std::uint32_t> masks_;     ///< exact: the coalitions; bit i of a mask is class i
    std::vector<double> with_, without_;   ///< exact: weight of a coalition of k classes for those in it and not in it
    std::vector<Coalition> coalitions_;    ///< sampled
    std::vector<std::size_t> use_offset_;  ///< sampled: uses of coalition i are use_offset_[i] .. use_offset_[i+1]
    std::vector<Use> uses_;
    std::vector<std::uint64_t> group_pairs_;
};

template <class Visit>
void ShapleyPlan::for_each_use(std::size_t index, Visit&& visit) const {
    if (!exact_) {
        for (std::size_t i = use_offset_[index]; i < use_offset_[index + 1]; ++i) visit(uses_[i]);
        return;
    }
    const Coalition own = coalition(index);
    const std::size_t size = own.count();
    for (std::size_t i = 0; i < classes_; ++i)
        visit(Use{static_cast<std::uint32_t>(i), 0, own.test(i) ? with_[size] : -without_[size]});
}

/// Sums the rows of a plan's coalitions up to Shapley values. Memory: at most maximum_groups rows for each class.
class ShapleyValues {
  public:
    /// `scenes`: C, the length of a row.
    ShapleyValues(ShapleyPlan plan, std::size_t scenes);

    const ShapleyPlan& plan() const noexcept { return plan_; }

    /// Adds the row of the next coalition of the plan.
    void add(std::span<const float> row);

    /// Once all rows have come: the values, [classes,C]. Over all classes they sum to v(P) - v(empty).
    std::vector<float> values() const;
    /// Their standard errors, [classes,C]: 0 where all coalitions are there, else from the spread of the groups' means.
    std::vector<float> errors() const;

  private:
    double& sum(std::size_t group, std::size_t of_class) {
        return sums_[(group * plan_.classes() + of_class) * scenes_];
    }
    double mean(std::size_t entry) const;

    ShapleyPlan plan_;
    std::size_t scenes_;
    std::size_t next_ = 0;
    std::vector<double> sums_;  ///< [groups,classes,C]
};

}  // namespace semscope::attribution
