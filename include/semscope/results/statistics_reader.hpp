#pragma once

#include "semscope/hdf5/file.hpp"
#include "semscope/results/statistics_layout.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace semscope::results {

using comm::Range;

/// Reads a statistics file, by ranges of scenes so that a file of any size can be walked through. Local.
/// C scenes, S semantics including 0 = unlabelled; a range of n scenes gives n or n*S numbers.
class StatisticsReader {
  public:
    /// Throws InputError when the file is missing, is not a statistics file, has another format version, or a dataset
    /// is missing or has another type or shape than the rest of the file calls for.
    explicit StatisticsReader(const std::filesystem::path& path);

    std::uint64_t scenes() const noexcept { return scenes_; }
    std::uint64_t semantics() const noexcept { return semantics_; }

    /// A text attribute of the root group, such as occlusion_identity; "" when the file has none.
    std::string attribute(const std::string& name) const;
    EvaluationSummary evaluation() const;
    StatisticsSettings settings() const;

    /// Names. Throw InputError for one that is no UTF-8, holds control characters or cannot name a file (scenes).
    std::vector<std::string> scene_names() const;
    std::vector<std::string> semantic_names() const;

    std::vector<std::uint32_t> confusion(Range scenes) const;  ///< [n,C]
    std::vector<std::uint32_t> scene_images(Range scenes) const;
    /// Images with the true scene among the k most probable, k = 1, 2 or 5.
    std::vector<std::uint32_t> scene_top(int k, Range scenes) const;

    std::vector<std::uint32_t> images(DeviationSet set, Range scenes) const;
    std::vector<std::uint32_t> present(DeviationSet set, Range scenes) const;  ///< [n,S]
    /// Throws InputError for an infinite value; NaN stands where there is none.
    std::vector<double> column(DeviationSet set, Column column, Range scenes) const;  ///< [n,S]

    /// Number of stored deviations.
    std::uint64_t samples(DeviationSet set) const;
    /// Of the scenes [begin, end): (end - begin) * S + 1 offsets. Throws InputError when they fall or lie beyond the
    /// samples.
    std::vector<std::uint64_t> sample_offsets(DeviationSet set, Range scenes) const;
    std::vector<float> sample_values(DeviationSet set, Range samples) const;
    std::vector<std::uint32_t> sample_images(DeviationSet set, Range samples) const;

    std::vector<std::uint32_t> distractor_images(Range scenes) const;
    std::vector<std::uint32_t> strongest(Range scenes) const;        ///< [n,S]
    std::vector<std::uint32_t> flip(Range scenes) const;             ///< [n,S]
    std::vector<double> distribution_truth(Range scenes) const;      ///< [n,S]
    std::vector<double> distribution_predicted(Range scenes) const;  ///< [n,S]
    std::vector<std::uint8_t> relevance(Range scenes) const;         ///< [n,S]; throws InputError for unknown sets

  private:
    hdf5::File file_;
    std::uint64_t scenes_ = 0;
    std::uint64_t semantics_ = 0;
};

/// Checks that the content of a statistics file agrees with itself: counts with each other, samples with the counts
/// and means, probabilities and sets in range. Reads scene by scene. Local. Returns one sentence per problem, at most
/// `limit`.
std::vector<std::string> check_statistics_content(const StatisticsReader& file, std::size_t limit = 20);

}  // namespace semscope::results
