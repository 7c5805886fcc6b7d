#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace semscope::statistics {

/// The binomial distribution of the number of hits in n draws when m of n items count as a hit, for many draws from it.
class BinomialTable {
  public:
    /// Tabulates the distribution function around its mode, as far as single probabilities are above 10^-20 of the
    /// largest: O(sqrt n) entries. Made of products and quotients alone, so the same on every machine with IEEE
    /// arithmetic. m = 0 and m = n are fine: 0 and n hits. Precondition: m <= n, n > 0.
    BinomialTable(std::uint64_t n, std::uint64_t m);

    /// The number of hits k with P(<k) <= u < P(<=k), for u in [0, 1).
    std::uint64_t at(double u) const {
        std::size_t i = guide_[static_cast<std::size_t>(u * guide_size)];
        while (cumulative_[i] <= u) ++i;
        return first_ + i;
    }

  private:
    static constexpr std::size_t guide_size = 256;

    std::uint64_t first_ = 0;                        // number of hits of entry 0
    std::vector<double> cumulative_;                 // P(<= first_ + i); the last is 1
    std::array<std::uint32_t, guide_size> guide_{};  // where the search for u starts, by the leading 8 bits of u
};

}  // namespace semscope::statistics
