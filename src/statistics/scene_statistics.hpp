#pragma once

#include "semscope/cli/settings.hpp"
#include "semscope/comm/partition.hpp"
#include "semscope/results/statistics_file.hpp"
#include "semscope/statistics/deviation.hpp"
#include "semscope/statistics/image_record.hpp"
#include "semscope/statistics/inference.hpp"
#include "semscope/statistics/relevance.hpp"
#include "semscope/statistics/sample.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace semscope::statistics {

/// All statistics of one deviation sample.
struct ClassStatistics {
    Summary summary;
    Interval ci;         ///< ci_low, ci_high: 95 % bootstrap interval of the mean, bootstrap_mean
    double p_value = 0;  ///< sign_flip_p_value; NaN for a class never present
    double q_value = 0;  ///< adjusted within this scene and set, over the classes that are present
};

/// The statistics of every class 0 .. S-1 of a scene over one set of images; entry 0, the unlabelled, is that of a
/// class never present. Pure: depends on the arguments alone. Throws UsageError when `options` asks for no resamples.
/// Precondition: samples.finish() was called.
/// `attribution`: what the samples are of; their random numbers are told apart. `tick` is told after each class: a
/// scene may have a million images.
std::vector<ClassStatistics> scene_statistics(
    const SceneSamples& samples, results::DeviationSet set, std::uint32_t scene, const ResamplingOptions& options,
    Attribution attribution = Attribution::occlusion, const std::function<void()>& tick = [] {});

/// Collects what is known of a contiguous range of scenes, and makes statistics of it.
class SceneCollector {
  public:
    /// `area`: whose pixels the distributions count. `attribution`: with Attribution::shapley Shapley values are
    /// collected as well.
    SceneCollector(comm::Range scenes, std::size_t semantics, Area area = Area::crop,
                   Attribution attribution = Attribution::occlusion);

    /// Adds an image to the scene of its record, which must be in range. Images may come in any order.
    /// Throws InputError when a class is not below the number of semantics.
    void add(const ImageRecord& image, std::span<const ClassRecord> classes);

    /// With Area::full: adds pixels of a whole label map to the true or the predicted scene of its image. Throws
    /// InputError when the class is not below the number of semantics.
    void add_full_pixels(std::uint32_t scene, std::uint16_t semantic, std::uint32_t pixels, bool of_truth);

    /// The rows of these scenes, but for those of /evaluation. `done` receives the number of finished scenes, after
    /// each class. To be called once: the samples are given away scene by scene, so that they are not in memory twice.
    /// Local.
    results::StatisticsRows summarise(const ResamplingOptions& resampling, const RelevanceThresholds& thresholds,
                                      const std::function<void(std::uint64_t)>& done);

  private:
    struct Scene {
        explicit Scene(std::size_t semantics)
            : correct(semantics),
              predicted(semantics),
              shapley_correct(semantics),
              shapley_predicted(semantics),
              truth_pixels(semantics),
              predicted_pixels(semantics),
              strongest(semantics),
              flip(semantics) {}
        SceneSamples correct;
        SceneSamples predicted;
        SceneSamples shapley_correct;  ///< the same of Shapley values; empty where they are not collected
        SceneSamples shapley_predicted;
        std::vector<std::uint64_t> truth_pixels;
        std::vector<std::uint64_t> predicted_pixels;
        std::vector<std::uint64_t> full_truth_pixels;      ///< [S] with Area::full, else empty
        std::vector<std::uint64_t> full_predicted_pixels;  ///< [S] with Area::full, else empty
        std::vector<std::uint32_t> strongest;
        std::vector<std::uint32_t> flip;
        std::uint32_t missed = 0;  ///< false negatives
    };

    /// What the correct predictions say of each class, for the sets.
    void append_relevance(const Scene& scene, const std::vector<ClassStatistics>& correct,
                          const RelevanceThresholds& thresholds, std::vector<std::uint8_t>& to) const;
    /// The rows of Shapley values of a scene, whose samples are finished here.
    void append_shapley(Scene& scene, std::uint32_t index, const ResamplingOptions& resampling,
                        const RelevanceThresholds& thresholds, const std::function<void()>& tick,
                        results::StatisticsRows& rows) const;

    comm::Range range_;
    Area area_;
    Attribution attribution_;
    std::vector<Scene> scenes_;
};

}  // namespace semscope::statistics
