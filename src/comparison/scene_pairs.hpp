#pragma once

#include "semscope/comm/partition.hpp"
#include "semscope/comparison/image_pair.hpp"
#include "semscope/results/comparison_file.hpp"
#include "semscope/statistics/inference.hpp"
#include "semscope/statistics/sample.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

namespace semscope::comparison {

/// What keeps the random numbers of a comparison apart from each other: DrawKey::set. 0 and 1 are the sets of a
/// statistics file.
enum class DrawSet : std::uint8_t { difference = 2, rank_of_scene = 3, rank_of_all = 4, jaccard = 5 };

/// An image of known scene with a result in both files. Plain: sent between ranks as it is.
struct PairRecord {
    std::uint32_t image = 0;
    std::uint32_t scene = 0;    ///< the true one
    std::uint32_t classes = 0;  ///< number of PairedClasses that belong to it
    float rank_correlation = 0;
    std::uint8_t recognised = 0;  ///< bit 0: by the first file, bit 1: by the second

    bool recognised_by(results::Side side) const noexcept {
        return (recognised >> static_cast<unsigned>(side) & 1U) != 0;
    }
};

/// Mean of the values that are no NaN, and its bootstrap interval, for which they are rounded to float32.
results::MeanInterval mean_interval(std::span<const double> values, const statistics::DrawKey& key,
                                    statistics::Intervals& intervals);

/// Collects the pairs of a contiguous range of scenes, and makes statistics of them.
class ScenePairs {
  public:
    ScenePairs(comm::Range scenes, std::size_t semantics);

    /// Adds an image to its scene, which must be in range. Images may come in any order: the result does not depend on
    /// it. Throws InputError when a class is not below the number of semantics.
    void add(const PairRecord& image, std::span<const PairedClass> classes);

    /// The rows of these scenes. `done` is told the number of scenes finished, after each class. To be
    /// called once. Local.
    results::ComparedScenes summarise(const statistics::ResamplingOptions& resampling, double relevant,
                                      const std::function<void(std::uint64_t)>& done);

  private:
    struct Scene {
        explicit Scene(std::size_t semantics)
            : difference(semantics),
              all{statistics::SceneSamples(semantics), statistics::SceneSamples(semantics)},
              correct{statistics::SceneSamples(semantics), statistics::SceneSamples(semantics)},
              necessary{Counts(semantics), Counts(semantics)},
              flip{Counts(semantics), Counts(semantics)} {}
        using Counts = std::vector<std::uint32_t>;
        statistics::SceneSamples difference;                                ///< second - first
        std::array<statistics::SceneSamples, results::side_count> all;      ///< over the images of the scene
        std::array<statistics::SceneSamples, results::side_count> correct;  ///< over those that the file recognises
        std::vector<std::pair<std::uint32_t, float>> rank_correlation;      ///< by image
        std::uint32_t both = 0;
        std::uint32_t neither = 0;
        std::array<std::uint32_t, results::side_count> alone{};
        std::array<Counts, results::side_count> necessary;
        std::array<Counts, results::side_count> flip;

        void finish();
    };

    void add_recognition(Scene& scene, const PairRecord& image, std::span<const PairedClass> classes);

    comm::Range range_;
    std::vector<Scene> scenes_;
};

}  // namespace semscope::comparison
