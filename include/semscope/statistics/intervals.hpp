#pragma once

#include "semscope/comm/communicator.hpp"
#include "semscope/comm/partition.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace semscope::statistics {

/// An interval of real numbers.
struct Interval {
    double low = 0;
    double high = 0;

    bool operator==(const Interval&) const = default;
};

/// The 95 % interval of the means of some resamples, which it sorts in part: their 2.5 % and 97.5 % quantiles.
/// Precondition: `means` is not empty. Pure.
Interval percentile_interval(std::span<double> means);

/// Makes 95 % percentile bootstrap intervals. Resamples are numbered; what is drawn in one depends on its number alone,
/// so that it does not matter who draws it.
class Intervals {
  public:
    /// Writes the means of a resample of some statistics, in their order.
    using Draw = std::function<void(std::uint32_t resample, std::span<double> means)>;

    Intervals() = default;
    Intervals(const Intervals&) = delete;
    Intervals& operator=(const Intervals&) = delete;
    virtual ~Intervals() = default;

    /// The intervals of `count` statistics that are drawn together.
    virtual std::vector<Interval> of(std::size_t count, const Draw& draw) = 0;
};

/// Draws all resamples itself. Local.
class OwnIntervals : public Intervals {
  public:
    explicit OwnIntervals(std::uint32_t resamples) : resamples_(resamples) {}
    std::vector<Interval> of(std::size_t count, const Draw& draw) override;

  private:
    std::uint32_t resamples_;
};

/// Intervals of statistics over numbers that every rank has, each rank drawing a share of the resamples. Calls `make`
/// twice on every rank, which must ask for the same intervals each time: in the first call they are drawn, and NaN is
/// what it gets; in the second it gets the intervals. `tick` is told after each draw of a set of statistics. The same
/// bits for any number of ranks. Collective.
void make_shared_intervals(const comm::Communicator& communicator, std::uint32_t resamples,
                           const std::function<void(Intervals& intervals)>& make, const std::function<void()>& tick);

}  // namespace semscope::statistics
