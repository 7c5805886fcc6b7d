#pragma once

#include "semscope/mpi/partition.hpp"
#include "semscope/results/statistics_writer.hpp"
#include "semscope/statistics/image_record.hpp"
#include "semscope/statistics/relevance.hpp"
#include "semscope/statistics/sample.hpp"
#include "semscope/statistics/scene_statistics.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace semscope::statistics {

/// Collects what is known of a contiguous range of scenes, and makes statistics of it.
class SceneCollector {
  public:
    SceneCollector(mpi::Range scenes, std::size_t semantics);

    /// Adds an image to the scene of its record, which must be in range. Images may come in any order.
    /// Throws InputError when a class is not below the number of semantics.
    void add(const ImageRecord& image, std::span<const ClassRecord> classes);

    /// The rows of these scenes, but for those of /evaluation. `done` is told the number of scenes finished. To be
    /// called once: the samples are given away scene by scene, so that they are not in memory twice. Local.
    results::StatisticsRows summarise(const ResamplingOptions& resampling, const RelevanceThresholds& thresholds,
                                      const std::function<void(std::uint64_t)>& done);

  private:
    struct Scene {
        explicit Scene(std::size_t semantics)
            : correct(semantics),
              predicted(semantics),
              truth_pixels(semantics),
              predicted_pixels(semantics),
              strongest(semantics),
              flip(semantics) {}
        SceneSamples correct;
        SceneSamples predicted;
        std::vector<std::uint64_t> truth_pixels;
        std::vector<std::uint64_t> predicted_pixels;
        std::vector<std::uint32_t> strongest;
        std::vector<std::uint32_t> flip;
        std::uint32_t missed = 0;  ///< false negatives
    };

    mpi::Range range_;
    std::vector<Scene> scenes_;
};

}  // namespace semscope::statistics
