#include "semscope/attribution/shapley.hpp"

#include "semscope/attribution/orders.hpp"
#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

namespace semscope::attribution {

namespace {

/// Classes that attribution.budget, of 2^20 at most, can have all coalitions of.
constexpr std::size_t maximum_exact_classes = 20;

/// P, the empty coalition and P without each class; then two permutations and their reverses, of whose n - 1 coalitions
/// between the ends one lacks a single class.
std::uint64_t least_budget(std::size_t classes) { return 5 * std::uint64_t{classes} - 6; }

}  // namespace

bool all_fit(std::uint64_t budget, std::size_t classes) {
    return classes <= maximum_exact_classes && std::uint64_t{1} << classes <= budget;
}

std::string problem_with_budget(const Settings& settings, std::size_t classes) {
    if (settings.shapley == Shapley::off || all_fit(settings.budget, classes)) return "";
    if (settings.shapley == Shapley::exact)
        return fmt::format(
            "has {} classes, whose 2^{} coalitions do not fit attribution.budget = {}, and attribution.shapley = exact "
            "allows no others: set {}attribution.shapley = auto",
            classes, classes, settings.budget,
            classes <= maximum_exact_classes ? fmt::format("attribution.budget = {} or ", std::uint64_t{1} << classes)
                                             : "");
    if (settings.budget >= least_budget(classes)) return "";
    return fmt::format(
        "has {} classes, for which attribution.budget = {} is too small: {} forwards are the least (all classes, none, "
        "all but each, and two pairs of permutations for the standard error)",
        classes, settings.budget, least_budget(classes));
}

ShapleyPlan::ShapleyPlan(const Settings& settings, std::uint64_t image, std::size_t classes)
    : classes_(classes), exact_(all_fit(settings.budget, classes)) {
    if (const std::string problem = problem_with_budget(settings, classes); !problem.empty())
        throw LibraryError("image " + std::to_string(image) + " " + problem);
    exact_ ? enumerate() : draw(settings, image);
}

Coalition ShapleyPlan::coalition(std::size_t index) const {
    return exact_ ? Coalition(classes_, masks_.at(index)) : coalitions_.at(index);
}

void ShapleyPlan::enumerate() {
    const std::uint32_t end = std::uint32_t{1} << classes_;
    const std::uint32_t all = end - 1;
    std::vector<bool> listed(end);
    const auto add = [&](std::uint32_t mask) {
        if (!listed[mask]) masks_.push_back(mask);
        listed[mask] = true;
    };
    add(all);
    for (std::size_t i = 0; i < classes_; ++i) add(all & ~(std::uint32_t{1} << i));
    for (std::uint32_t mask = 0; mask < end; ++mask) add(mask);
    // (k-1)! (n-k)! / n! = 1 / (n * binomial(n-1, k-1)) for a member of a coalition of k classes, and the same of k + 1
    // for a class that is none.
    with_.assign(classes_ + 1, 0);
    without_.assign(classes_ + 1, 0);
    double binomial = 1;
    for (std::size_t k = 1; k <= classes_; ++k) {
        with_[k] = without_[k - 1] = 1 / (static_cast<double>(classes_) * binomial);
        binomial = binomial * static_cast<double>(classes_ - k) / static_cast<double>(k);
    }
}

namespace {

/// Coalitions, each once, in the order in which they were first asked for.
class Collection {
  public:
    /// The index of a coalition, which is new or not.
    std::size_t index_of(const Coalition& coalition) {
        const auto [place, is_new] = index_.try_emplace(coalition, coalitions_.size());
        if (is_new) coalitions_.push_back(coalition);
        return place->second;
    }

    /// How many of these there are not yet.
    std::size_t count_new(const std::vector<Coalition>& wanted) const {
        std::vector<const Coalition*> fresh;
        for (const Coalition& each : wanted) {
            const auto same = [&](const Coalition* other) { return *other == each; };
            if (!index_.contains(each) && std::none_of(fresh.begin(), fresh.end(), same)) fresh.push_back(&each);
        }
        return fresh.size();
    }

    std::size_t size() const noexcept { return coalitions_.size(); }
    std::vector<Coalition> take() { return std::move(coalitions_); }

  private:
    std::vector<Coalition> coalitions_;
    std::unordered_map<Coalition, std::size_t> index_;
};

/// The coalitions of the first k classes of an order, k = 0 .. n.
std::vector<Coalition> beginnings(const Order& order) {
    std::vector<Coalition> coalitions{Coalition(order.size())};
    for (const std::uint32_t each : order) coalitions.push_back(Coalition(coalitions.back()).set(each));
    return coalitions;
}

/// A use of a coalition, before the groups are known.
struct Draw {
    std::size_t coalition = 0;
    std::uint32_t of_class = 0;
    std::uint32_t pair = 0;
    double weight = 0;
};

}  // namespace

void ShapleyPlan::draw(const Settings& settings, std::uint64_t image) {
    Collection collection;
    collection.index_of(all_of(classes_));
    for (std::size_t i = 0; i < classes_; ++i) collection.index_of(all_but(classes_, {i}));
    collection.index_of(Coalition(classes_));

    std::vector<Draw> draws;
    std::uint32_t pairs = 0;
    for (; pairs < settings.budget / 2; ++pairs) {
        const Order order = random_order({settings.seed, image, pairs, Purpose::shapley}, classes_);
        const Order back = reversed(order);
        auto wanted = beginnings(order);
        const auto others = beginnings(back);
        wanted.insert(wanted.end(), others.begin(), others.end());
        if (collection.size() + collection.count_new(wanted) > settings.budget) break;
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            const Order& own = i <= classes_ ? order : back;
            const std::size_t k = i % (classes_ + 1);
            const std::size_t index = collection.index_of(wanted[i]);
            if (k > 0) draws.push_back({index, own[k - 1], pairs, 1});
            if (k < classes_) draws.push_back({index, own[k], pairs, -1});
        }
    }
    coalitions_ = collection.take();

    const auto groups = std::min<std::uint32_t>(pairs, maximum_groups);
    group_pairs_.assign(groups, 0);
    for (std::uint32_t pair = 0; pair < pairs; ++pair) ++group_pairs_[pair % groups];
    std::stable_sort(draws.begin(), draws.end(),
                     [](const Draw& a, const Draw& b) { return a.coalition < b.coalition; });
    use_offset_.assign(coalitions_.size() + 1, 0);
    for (const Draw& each : draws) {
        ++use_offset_[each.coalition + 1];
        uses_.push_back({each.of_class, each.pair % groups, each.weight});
    }
    std::partial_sum(use_offset_.begin(), use_offset_.end(), use_offset_.begin());
}

ShapleyValues::ShapleyValues(ShapleyPlan plan, std::size_t scenes)
    : plan_(std::move(plan)),
      scenes_(scenes),
      sums_(std::max<std::size_t>(1, plan_.group_pairs().size()) * plan_.classes() * scenes) {}

void ShapleyValues::add(std::span<const float> row) {
    if (next_ == plan_.size() || row.size() != scenes_) throw LibraryError("a row came for no coalition");
    plan_.for_each_use(next_++, [&](const ShapleyPlan::Use& use) {
        double* const to = &sum(use.group, use.of_class);
        for (std::size_t c = 0; c < scenes_; ++c) to[c] += use.weight * static_cast<double>(row[c]);
    });
}

/// `entry`: class * C + scene. A pair has two permutations.
double ShapleyValues::mean(std::size_t entry) const {
    if (plan_.exact()) return sums_[entry];
    const std::size_t size = plan_.classes() * scenes_;
    double total = 0;
    double permutations = 0;
    for (std::size_t group = 0; group < plan_.group_pairs().size(); ++group) {
        total += sums_[group * size + entry];
        permutations += 2 * static_cast<double>(plan_.group_pairs()[group]);
    }
    return total / permutations;
}

std::vector<float> ShapleyValues::values() const {
    std::vector<float> values(plan_.classes() * scenes_);
    for (std::size_t entry = 0; entry < values.size(); ++entry) values[entry] = static_cast<float>(mean(entry));
    return values;
}

/// Of m pairs in G groups of m_g: sqrt(sum over g of m_g (mean_g - mean)^2 / ((G - 1) m)).
std::vector<float> ShapleyValues::errors() const {
    std::vector<float> errors(plan_.classes() * scenes_);
    if (plan_.exact()) return errors;
    const auto& group_pairs = plan_.group_pairs();
    const auto pairs = static_cast<double>(std::accumulate(group_pairs.begin(), group_pairs.end(), std::uint64_t{0}));
    for (std::size_t entry = 0; entry < errors.size(); ++entry) {
        const double centre = mean(entry);
        double squares = 0;
        for (std::size_t group = 0; group < group_pairs.size(); ++group) {
            const auto own = static_cast<double>(group_pairs[group]);
            const double deviation = sums_[group * errors.size() + entry] / (2 * own) - centre;
            squares += own * deviation * deviation;
        }
        errors[entry] = static_cast<float>(std::sqrt(squares / (static_cast<double>(group_pairs.size() - 1) * pairs)));
    }
    return errors;
}

}  // namespace semscope::attribution
