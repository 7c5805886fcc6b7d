#pragma once

#include "semscope/attribution/coalition.hpp"

#include <cstdint>
#include <span>
#include <unordered_map>

namespace semscope::attribution {

/// What curves and interactions need of the row of a coalition.
struct Score {
    float predicted = 0;      ///< probability of the scene that is predicted for the image as it is
    float truth = 0;          ///< of the true scene; NaN where that is unknown
    std::uint32_t scene = 0;  ///< the most probable one, the first of equals
};

/// The most probable scene of a row, the first of equals.
std::uint32_t predicted_scene(std::span<const float> row);

/// Scores of the coalitions of one image. Local.
class Scores {
  public:
    /// `truth`: the true scene, -1 = unknown.
    explicit Scores(std::int32_t truth) : truth_(truth) {}

    /// Notes that the row of a coalition will come. Returns false where it is here or on its way already.
    bool expect(const Coalition& coalition) { return scores_.try_emplace(coalition).second; }

    /// The row of a coalition has come. The first is that of P.
    void set(const Coalition& coalition, std::span<const float> row);

    const Score& at(const Coalition& coalition) const { return scores_.at(coalition); }
    /// The scene that is predicted for the image as it is.
    std::uint32_t predicted() const noexcept { return predicted_; }

  private:
    std::int32_t truth_;
    std::uint32_t predicted_ = 0;
    bool has_first_ = false;
    std::unordered_map<Coalition, Score> scores_;
};

}  // namespace semscope::attribution
