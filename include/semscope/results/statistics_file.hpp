#pragma once

#include "semscope/comm/communicator.hpp"
#include "semscope/core/enumeration.hpp"
#include "semscope/hdf5/file.hpp"
#include "semscope/results/occlusion_file.hpp"
#include "semscope/results/row_writer.hpp"
#include "semscope/results/statistics_rows.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace semscope::results {

inline constexpr const char* statistics_format = "semscope statistics";
inline constexpr std::uint64_t statistics_format_version = 3;
inline constexpr std::uint64_t oldest_statistics_version = 2;     ///< that is still read
inline constexpr std::uint64_t statistics_version_of_images = 3;  ///< first one with the group /image

/// Intervals of so few images, or fewer, carry a mark where people read them: a resample of two or three images has
/// only a handful of possible means.
inline constexpr std::uint64_t few_images = 3;

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
    /// The same sum divided by the number of all scenes, as in the published code: scenes without image count 0.
    double mean_class_accuracy_all = 0;
};

/// How the statistics were made: attributes of /deviation and /relevance.
struct StatisticsSettings {
    std::uint64_t seed = 0;
    std::uint64_t resamples = 0;
    std::uint64_t permutations = 0;
    double relevant = 0;
    double distracting = 0;
    std::uint64_t full_area = 0;  ///< 1: the distributions count whole label maps, 0: the crops
    std::uint64_t shapley = 0;    ///< 1: the sets of tables stand on Shapley values, 0: on deviations
};

/// An attribute of a group, and what the documentation says of it.
struct AttributeSpec {
    const char* group;
    const char* name;
    const char* meaning;
    std::uint64_t since = oldest_statistics_version;  ///< first version of the format that has it
    bool of_shapley = false;                          ///< only files with Shapley values have it
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
    visit(AttributeSpec{group, "mean_class_accuracy_all",
                        "the same over all scenes, those without image counting 0, as in the published code",
                        statistics_version_of_images},
          summary.mean_class_accuracy_all);
}

/// The same of StatisticsSettings.
template <class Settings, class Visit>
void visit_settings(Settings& settings, Visit&& visit) {
    constexpr const char* deviation = "/deviation";
    constexpr const char* relevance = "/relevance";
    constexpr const char* distribution = "/distribution";
    visit(AttributeSpec{deviation, "seed", "statistics.seed"}, settings.seed);
    visit(AttributeSpec{deviation, "resamples", "statistics.resamples"}, settings.resamples);
    visit(AttributeSpec{deviation, "permutations", "statistics.permutations"}, settings.permutations);
    visit(AttributeSpec{relevance, "relevant", "statistics.relevant"}, settings.relevant);
    visit(AttributeSpec{relevance, "distracting", "statistics.distracting"}, settings.distracting);
    visit(
        AttributeSpec{distribution, "full_area", "1 with statistics.area = full, else 0", statistics_version_of_images},
        settings.full_area);
    visit(AttributeSpec{relevance, "shapley",
                        "1 with statistics.attribution = shapley, else 0; only in files with Shapley values",
                        statistics_version_of_images, true},
          settings.shapley);
}

/// Extents, labels and attributes of a statistics file: C scenes, S semantics including 0 = unlabelled.
struct StatisticsLayout {
    std::vector<std::string> scenes;
    std::vector<std::string> semantics;
    std::array<std::uint64_t, 2> samples{};  ///< stored deviations of each DeviationSet
    EvaluationSummary evaluation;
    StatisticsSettings settings;
    std::uint64_t images = 0;  ///< N
    std::uint64_t flips = 0;   ///< flip distractors of all images
    std::size_t maximum_path_bytes = 1;
    std::function<std::vector<std::string>(Range)> image_paths = {};  ///< of some images; not asked when there are none
    std::vector<std::string> order_kinds = {};  ///< of the faithfulness; none = the occlusion file has no curves
    bool shapley = false;                       ///< the occlusion file has Shapley values
    /// Pairs of classes of all scenes, by InteractionScene; nothing = the occlusion file has no interactions.
    std::optional<std::array<std::uint64_t, 2>> pairs = {};
};

/// Creates a statistics file with every dataset allocated, names and attributes written; the numbers are left to
/// StatisticsWriter. Local, on one rank, before the others open the file. `path` is a temporary name: the file is to
/// get its own when it is whole, so that a run that is killed leaves no half result under that.
/// Throws IoError when it cannot be made or the disk is full; nothing is left behind then.
void create_statistics_file(const std::filesystem::path& path, const StatisticsLayout& layout,
                            const Provenance& provenance);

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
    /// Of deviations, or with Attribution::shapley of Shapley values. Throws InputError for an infinite value; NaN
    /// stands where there is none.
    std::vector<double> column(DeviationSet set, Column column, Range scenes,
                               Attribution attribution = Attribution::occlusion) const;  ///< [n,S]

    /// Number of stored deviations.
    std::uint64_t samples(DeviationSet set) const;
    /// Of the scenes [begin, end): (end - begin) * S + 1 offsets. Throws InputError when they fall or lie beyond the
    /// samples.
    std::vector<std::uint64_t> sample_offsets(DeviationSet set, Range scenes) const;
    std::vector<float> sample_values(DeviationSet set, Range samples,
                                     Attribution attribution = Attribution::occlusion) const;
    std::vector<std::uint32_t> sample_images(DeviationSet set, Range samples) const;

    std::vector<std::uint32_t> distractor_images(Range scenes) const;
    std::vector<std::uint32_t> strongest(Range scenes) const;        ///< [n,S]
    std::vector<std::uint32_t> flip(Range scenes) const;             ///< [n,S]
    std::vector<double> distribution_truth(Range scenes) const;      ///< [n,S]
    std::vector<double> distribution_predicted(Range scenes) const;  ///< [n,S]
    /// The sets by mean deviation, or by mean Shapley value. Throws InputError for unknown sets.
    std::vector<std::uint8_t> relevance(Range scenes,
                                        Attribution attribution = Attribution::occlusion) const;  ///< [n,S]

    /// Whether the file tells of images; those of format version 2 do not.
    bool has_images() const noexcept { return format_version_ >= statistics_version_of_images; }
    std::uint64_t images() const noexcept { return images_; }
    std::vector<std::string> image_paths(Range images) const;
    /// Throws InputError when a scene or class is none of the file.
    ImageStatistics image_statistics(Range images) const;
    /// Whether the occlusion file had curves; what follows needs that.
    bool has_faithfulness() const noexcept { return order_kinds_ > 0; }
    /// "deviation", "shapley", "area", "random": those that there are.
    std::vector<std::string> order_kinds() const;
    /// Throw InputError for an infinite value.
    FaithfulnessRows faithfulness(Range scenes) const;
    FaithfulnessRows overall_faithfulness() const;
    /// Whether the occlusion file had Shapley values; what asks for Attribution::shapley needs that.
    bool has_shapley() const noexcept { return shapley_; }
    /// That has_shapley() is true where `attribution` asks for it. Throws InputError that says what to do.
    void require(Attribution attribution) const;
    /// Whether the occlusion file had interactions.
    bool has_interactions() const noexcept { return pairs_.has_value(); }
    /// Mean interactions of the pairs of classes of some scenes. Throws InputError when the file has none, for classes
    /// that are no pair, and for values that are not finite.
    InteractionRows interactions(InteractionScene of, Range scenes) const;

  private:
    hdf5::File file_;
    std::uint64_t format_version_ = statistics_format_version;
    std::uint64_t scenes_ = 0;
    std::uint64_t semantics_ = 0;
    std::uint64_t images_ = 0;
    std::uint64_t flips_ = 0;
    std::uint64_t order_kinds_ = 0;
    bool shapley_ = false;
    std::optional<std::array<std::uint64_t, 2>> pairs_;  ///< by InteractionScene
};

/// Checks that the content of a statistics file agrees with itself: counts with each other, samples with the counts
/// and means, probabilities and sets in range. Reads scene by scene. Local. Returns one sentence per problem, at most
/// `limit`.
std::vector<std::string> check_statistics_content(const StatisticsReader& file, std::size_t limit = 20);

/// Writes into a statistics file that one rank has created. Members are collective: every rank calls them in the same
/// order, with empty rows when it has none, and they throw as those of RowWriter.
class StatisticsWriter {
  public:
    /// Opens the file for all ranks. The communicator must outlive the writer.
    StatisticsWriter(const std::filesystem::path& path, const comm::Communicator& communicator);

    /// Writes the rows of this rank's scenes and images. The ranges of all ranks follow each other in rank order and
    /// cover all scenes, and all images.
    void write(const StatisticsRows& rows);

    /// Hands everything to the operating system and closes the file.
    void finish();

  private:
    void write_deviation(const DeviationRows& rows, Range scenes, DeviationSet set);
    void write_images(const ImageStatistics& rows);
    void write_faithfulness(const StatisticsRows& rows);
    void write_shapley(const StatisticsRows& rows);
    void write_interactions(const InteractionRows& rows, Range scenes, InteractionScene of);

    const comm::Communicator& communicator_;
    RowWriter rows_;
};

}  // namespace semscope::results
