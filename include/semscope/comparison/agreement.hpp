#pragma once

#include <cstdint>

namespace semscope::comparison {

/// How often two files predict the same scene, and the true one. Whole numbers only, so that counts of parts may be
/// merged in any order.
struct Agreement {
    std::uint64_t images = 0;           ///< with a prediction in both files
    std::uint64_t judged = 0;           ///< of them, of known scene
    std::uint64_t same_prediction = 0;  ///< of `images`
    std::uint64_t correct_first = 0;    ///< of `judged`
    std::uint64_t correct_second = 0;
    std::uint64_t correct_both = 0;

    /// Adds an image by its true scene (-1 = unknown) and what each file predicts. Precondition: both predict a scene.
    void add(std::int32_t truth, std::int32_t first, std::int32_t second) noexcept {
        ++images;
        same_prediction += first == second ? 1 : 0;
        if (truth < 0) return;
        ++judged;
        correct_first += first == truth ? 1 : 0;
        correct_second += second == truth ? 1 : 0;
        correct_both += first == truth && second == truth ? 1 : 0;
    }

    std::uint64_t first_alone() const noexcept { return correct_first - correct_both; }
    std::uint64_t second_alone() const noexcept { return correct_second - correct_both; }
};

}  // namespace semscope::comparison
