#include "semscope/statistics/intervals.hpp"

#include "semscope/comm/agreement.hpp"
#include "semscope/statistics/sample.hpp"

#include <algorithm>
#include <limits>

namespace semscope::statistics {

Interval percentile_interval(std::span<double> means) {
    constexpr double outside = 0.025;
    const double low = quantile(means, outside);
    return {low, quantile(means, 1 - outside)};
}

namespace {

/// The means of resamples [begin, end) of `count` statistics: those of the first, then those of the second and so on.
std::vector<double> draw_means(comm::Range resamples, std::size_t count, const Intervals::Draw& draw) {
    std::vector<double> all(count * resamples.size()), one(count);
    for (std::uint64_t r = resamples.begin; r < resamples.end; ++r) {
        draw(static_cast<std::uint32_t>(r), one);
        for (std::size_t k = 0; k < count; ++k) all[k * resamples.size() + (r - resamples.begin)] = one[k];
    }
    return all;
}

/// Draws a share of the resamples, and keeps their means.
class DrawnShare : public Intervals {
  public:
    DrawnShare(comm::Range resamples, const std::function<void()>& tick) : resamples_(resamples), tick_(tick) {}

    std::vector<Interval> of(std::size_t count, const Draw& draw) override {
        constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
        const std::vector<double> drawn = draw_means(resamples_, count, draw);
        means_.insert(means_.end(), drawn.begin(), drawn.end());
        tick_();
        return std::vector(count, Interval{unknown, unknown});
    }

    const std::vector<double>& means() const noexcept { return means_; }

  private:
    comm::Range resamples_;
    const std::function<void()>& tick_;
    std::vector<double> means_;
};

/// Makes intervals of the shares of all ranks, in the order in which they were drawn.
class JoinedShares : public Intervals {
  public:
    /// `means`: of all ranks, one rank's behind the other's.
    JoinedShares(std::vector<double> means, std::uint32_t resamples, int ranks)
        : means_(std::move(means)), resamples_(resamples), ranks_(ranks) {}

    std::vector<Interval> of(std::size_t count, const Draw& /*draw*/) override {
        std::vector<Interval> result;
        for (std::size_t k = 0; k < count; ++k) result.push_back(next());
        return result;
    }

  private:
    Interval next() {
        const std::size_t statistics = means_.size() / resamples_;
        std::vector<double> of_all;
        std::size_t rank_begin = 0;
        for (int rank = 0; rank < ranks_; ++rank) {
            const std::size_t drawn = comm::even_share(resamples_, rank, ranks_).size();
            const auto begin = means_.begin() + static_cast<std::ptrdiff_t>(rank_begin + statistic_ * drawn);
            of_all.insert(of_all.end(), begin, begin + static_cast<std::ptrdiff_t>(drawn));
            rank_begin += statistics * drawn;
        }
        ++statistic_;
        return percentile_interval(of_all);
    }

    std::vector<double> means_;
    std::size_t resamples_;
    int ranks_;
    std::size_t statistic_ = 0;
};

}  // namespace

std::vector<Interval> OwnIntervals::of(std::size_t count, const Draw& draw) {
    std::vector<double> means = draw_means({0, resamples_}, count, draw);
    std::vector<Interval> result;
    for (std::size_t k = 0; k < count; ++k)
        result.push_back(percentile_interval(std::span(means).subspan(k * resamples_, resamples_)));
    return result;
}

void make_shared_intervals(const comm::Communicator& communicator, std::uint32_t resamples,
                           const std::function<void(Intervals& intervals)>& make, const std::function<void()>& tick) {
    DrawnShare own(comm::even_share(resamples, communicator.rank(), communicator.size()), tick);
    comm::agree(communicator, [&] { make(own); });
    std::vector<double> means = communicator.all_gather(own.means());
    comm::agree(communicator, [&] {
        JoinedShares joined(std::move(means), resamples, communicator.size());
        make(joined);
    });
}

}  // namespace semscope::statistics
