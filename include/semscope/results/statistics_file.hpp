#pragma once

#include "semscope/comm/communicator.hpp"
#include "semscope/hdf5/file.hpp"
#include "semscope/results/occlusion_file.hpp"
#include "semscope/results/row_writer.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace semscope::results {

inline constexpr const char* statistics_format = "semscope statistics";
inline constexpr std::uint64_t statistics_format_version = 2;

/// The two groups below /deviation: the set of images that the deviations of scene c are taken over.
enum class DeviationSet : std::uint8_t {
    correct = 0,    ///< TP: true scene and prediction are both c
    predicted = 1,  ///< Det: the prediction is c, whatever the true scene, also when that is unknown
};

/// The float64 [C,S] datasets of a group below /deviation.
enum class Column : std::uint8_t {
    mean,
    mean_present,
    std,
    min,
    q1,
    median,
    q3,
    max,
    whisker_low,
    whisker_high,
    ci_low,
    ci_high,
    p_value,
    q_value
};
inline constexpr std::size_t column_count = 14;

/// The float64 [C,A,K] datasets of /faithfulness/scene, and [A,K] of /faithfulness/all.
enum class AreaColumn : std::uint8_t {
    mean,
    ci_low,
    ci_high,
    minus_random,
    minus_random_ci_low,
    minus_random_ci_high,
    minus_area,
    minus_area_ci_low,
    minus_area_ci_high
};
inline constexpr std::size_t area_column_count = 9;

/// "correct" or "predicted".
const char* name_of(DeviationSet set);

/// The attributes of /evaluation. Accuracies in per cent, NaN when no image took part.
struct EvaluationSummary {
    std::uint64_t images = 0;      ///< done, and of known scene: what the accuracies are shares of
    std::uint64_t unknown = 0;     ///< done, of unknown scene
    std::uint64_t unreadable = 0;  ///< marked unreadable
    std::uint64_t not_finite = 0;  ///< marked as without finite scores
    std::uint64_t pending = 0;     ///< not done yet; 0 for a complete occlusion file
    double loss = 0;               ///< mean cross-entropy, nat
    double top1 = 0;               ///< Top-k: the true scene is among the k most probable
    double top2 = 0;
    double top5 = 0;                 ///< 100 when there are 5 scenes or fewer
    double mean_class_accuracy = 0;  ///< mean of the scenes' Top-1, over the scenes that have an image
};

/// How the statistics were made: attributes of /deviation and /relevance.
struct StatisticsSettings {
    std::uint64_t seed = 0;
    std::uint64_t resamples = 0;
    std::uint64_t permutations = 0;
    double relevant = 0;
    double distracting = 0;
};

/// An attribute of a group, and what the documentation says of it.
struct AttributeSpec {
    const char* group;
    const char* name;
    const char* meaning;
};

/// The table of the attributes of /evaluation: calls visit(AttributeSpec, member) for each member, in the order in
/// which they are written. `Summary` is EvaluationSummary, const or not.
template <class Summary, class Visit>
void visit_evaluation(Summary& summary, Visit&& visit) {
    constexpr const char* group = "/evaluation";
    visit(AttributeSpec{group, "images", "images done, of known scene: what the accuracies are shares of"},
          summary.images);
    visit(AttributeSpec{group, "unknown", "images done, of unknown scene"}, summary.unknown);
    visit(AttributeSpec{group, "unreadable", "images marked unreadable"}, summary.unreadable);
    visit(AttributeSpec{group, "not_finite", "images marked as without finite scores"}, summary.not_finite);
    visit(AttributeSpec{group, "pending", "images not done yet"}, summary.pending);
    visit(AttributeSpec{group, "loss", "mean cross-entropy, nat"}, summary.loss);
    visit(AttributeSpec{group, "top1", "per cent of the images whose scene is the most probable"}, summary.top1);
    visit(AttributeSpec{group, "top2", "per cent whose scene is among the 2 most probable"}, summary.top2);
    visit(AttributeSpec{group, "top5", "per cent whose scene is among the 5 most probable"}, summary.top5);
    visit(AttributeSpec{group, "mean_class_accuracy", "mean of the scenes' top1, over the scenes that have an image"},
          summary.mean_class_accuracy);
}

/// The same of StatisticsSettings.
template <class Settings, class Visit>
void visit_settings(Settings& settings, Visit&& visit) {
    constexpr const char* deviation = "/deviation";
    constexpr const char* relevance = "/relevance";
    visit(AttributeSpec{deviation, "seed", "statistics.seed"}, settings.seed);
    visit(AttributeSpec{deviation, "resamples", "statistics.resamples"}, settings.resamples);
    visit(AttributeSpec{deviation, "permutations", "statistics.permutations"}, settings.permutations);
    visit(AttributeSpec{relevance, "relevant", "statistics.relevant"}, settings.relevant);
    visit(AttributeSpec{relevance, "distracting", "statistics.distracting"}, settings.distracting);
}

/// Extents, labels and attributes of a statistics file: C scenes, S semantics including 0 = unlabelled.
struct StatisticsLayout {
    std::vector<std::string> scenes;
    std::vector<std::string> semantics;
    std::array<std::uint64_t, 2> samples{};  ///< stored deviations of each DeviationSet
    EvaluationSummary evaluation;
    StatisticsSettings settings;
    std::vector<std::string> order_kinds = {};  ///< of the faithfulness; none = the occlusion file has no curves
};

/// Creates a statistics file with every dataset allocated, names and attributes written; the numbers are left to
/// StatisticsWriter. Local, on one rank, before the others open the file. `path` is a temporary name: the file is to
/// get its own when it is whole, so that a run that is killed leaves no half result under that.
/// Throws IoError when it cannot be made or the disk is full; nothing is left behind then.
void create_statistics_file(const std::filesystem::path& path, const StatisticsLayout& layout,
                            const Provenance& provenance);

using comm::Range;

/// Areas under deletion and insertion curves: of n scenes, or of all images (n = 1). A areas (curve_areas), K kinds of
/// orders.
struct FaithfulnessRows {
    std::vector<std::uint32_t> images;                           ///< [n]; none over all images
    std::array<std::vector<double>, area_column_count> columns;  ///< by AreaColumn, each [n,A,K]
};

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

    /// Whether the occlusion file had curves; what follows needs that.
    bool has_faithfulness() const noexcept { return order_kinds_ > 0; }
    /// "deviation", "shapley", "area", "random": those that there are.
    std::vector<std::string> order_kinds() const;
    /// Throw InputError for an infinite value.
    FaithfulnessRows faithfulness(Range scenes) const;
    FaithfulnessRows overall_faithfulness() const;

  private:
    hdf5::File file_;
    std::uint64_t scenes_ = 0;
    std::uint64_t semantics_ = 0;
    std::uint64_t order_kinds_ = 0;
};

/// Checks that the content of a statistics file agrees with itself: counts with each other, samples with the counts
/// and means, probabilities and sets in range. Reads scene by scene. Local. Returns one sentence per problem, at most
/// `limit`.
std::vector<std::string> check_statistics_content(const StatisticsReader& file, std::size_t limit = 20);

using comm::Range;

/// The rows of some scenes in a group below /deviation; n scenes, S semantics.
struct DeviationRows {
    std::vector<std::uint32_t> images;                      ///< [n]
    std::vector<std::uint32_t> present;                     ///< [n,S]
    std::array<std::vector<double>, column_count> columns;  ///< by Column, each [n,S]
    std::vector<std::uint64_t> sample_count;                ///< [n,S]: stored deviations of each
    std::vector<float> sample_value;                        ///< those of all, one (scene, class) after the other
    std::vector<std::uint32_t> sample_image;
};

/// All rows of a contiguous range of scenes; n scenes, C scenes in all, S semantics.
struct StatisticsRows {
    Range scenes;
    std::vector<std::uint32_t> confusion;  ///< [n,C]
    std::vector<std::uint32_t> scene_images;
    std::vector<std::uint32_t> scene_top1;
    std::vector<std::uint32_t> scene_top2;
    std::vector<std::uint32_t> scene_top5;
    std::array<DeviationRows, 2> deviation;        ///< by DeviationSet
    std::vector<std::uint32_t> distractor_images;  ///< [n]
    std::vector<std::uint32_t> strongest;          ///< [n,S]
    std::vector<std::uint32_t> flip;               ///< [n,S]
    std::vector<double> distribution_truth;        ///< [n,S]
    std::vector<double> distribution_predicted;    ///< [n,S]
    std::vector<std::uint8_t> relevance;           ///< [n,S]
    FaithfulnessRows faithfulness;                 ///< empty where there are no curves
    FaithfulnessRows overall;                      ///< the same over all images; on rank 0
};

/// Writes into a statistics file that one rank has created. Members are collective: every rank calls them in the same
/// order, with empty rows when it has none, and they throw as those of RowWriter.
class StatisticsWriter {
  public:
    /// Opens the file for all ranks. The communicator must outlive the writer.
    StatisticsWriter(const std::filesystem::path& path, const comm::Communicator& communicator);

    /// Writes the rows of this rank's scenes. The ranges of all ranks follow each other in rank order and cover all
    /// scenes.
    void write(const StatisticsRows& rows);

    /// Hands everything to the operating system and closes the file.
    void finish();

  private:
    void write_deviation(const DeviationRows& rows, Range scenes, DeviationSet set);

    const comm::Communicator& communicator_;
    RowWriter rows_;
};

}  // namespace semscope::results
