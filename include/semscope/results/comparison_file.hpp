#pragma once

#include "semscope/comm/communicator.hpp"
#include "semscope/hdf5/file.hpp"
#include "semscope/results/occlusion_file.hpp"
#include "semscope/results/row_writer.hpp"
#include "semscope/results/statistics_file.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace semscope::results {

inline constexpr const char* comparison_format = "semscope comparison";
inline constexpr std::uint64_t comparison_format_version = 1;

/// The two occlusion files of a comparison; the value is the place in arrays of two.
enum class Side : std::uint8_t { first = 0, second = 1 };
inline constexpr std::size_t side_count = 2;
inline constexpr std::array sides{Side::first, Side::second};
constexpr std::size_t index_of(Side side) { return static_cast<std::size_t>(side); }

/// "first" or "second".
const char* name_of(Side side);

/// The float64 [C,S] datasets of /difference.
enum class DifferenceColumn : std::uint8_t { mean_first, mean_second, mean, ci_low, ci_high, p_value, q_value };
inline constexpr std::size_t difference_column_count = 7;

/// How a class explains that one file recognises an image and the other does not; bits of /explanation/role.
enum class Role : std::uint8_t {
    none = 0,
    necessary = 1,  ///< without it, the file that recognises the image does so no more
    flip = 2,       ///< without it, the other file recognises the image, too: a flip distractor
    both = 3
};

/// A mean and the ends of its 95 % bootstrap interval; NaN where nothing is there to be averaged.
struct MeanInterval {
    double mean = 0;
    double low = 0;
    double high = 0;
};

/// The attributes of a comparison file. An image takes part when both files have a result of it.
struct ComparisonSummary {
    std::uint64_t images = 0;           ///< that take part
    std::uint64_t without_result = 0;   ///< no result in one of the files, or in both
    std::uint64_t judged = 0;           ///< that take part, of known scene
    std::uint64_t same_prediction = 0;  ///< that take part, both files predicting one scene
    std::uint64_t correct_first = 0;    ///< judged, recognised by the first file
    std::uint64_t correct_second = 0;
    std::uint64_t first_alone = 0;  ///< judged, recognised by the first file alone
    std::uint64_t second_alone = 0;
    std::uint64_t rank_images = 0;     ///< with a rank correlation
    MeanInterval rank_correlation;     ///< over them
    std::uint64_t jaccard_scenes = 0;  ///< where one of the files has a relevant class
    MeanInterval jaccard;              ///< over them
    double relevant = 0;               ///< statistics.relevant
    std::uint64_t seed = 0;            ///< statistics.seed
    std::uint64_t resamples = 0;       ///< statistics.resamples
    std::uint64_t permutations = 0;    ///< statistics.permutations
};

/// The table of the attributes: calls visit(AttributeSpec, member) for each, in the order in which they are written.
/// `Summary` is ComparisonSummary, const or not.
template <class Summary, class Visit>
void visit_comparison(Summary& summary, Visit&& visit) {
    constexpr const char* recognised = "/recognised";
    constexpr const char* rank = "/rank_correlation";
    constexpr const char* relevance = "/relevance";
    constexpr const char* difference = "/difference";
    visit(AttributeSpec{recognised, "images", "images with a result in both files, which alone take part"},
          summary.images);
    visit(AttributeSpec{recognised, "without_result", "the other images"}, summary.without_result);
    visit(AttributeSpec{recognised, "judged", "images that take part, of known scene"}, summary.judged);
    visit(AttributeSpec{recognised, "same_prediction", "images that take part, both files predicting one scene"},
          summary.same_prediction);
    visit(AttributeSpec{recognised, "correct_first", "judged images that the first file recognises"},
          summary.correct_first);
    visit(AttributeSpec{recognised, "correct_second", "judged images that the second file recognises"},
          summary.correct_second);
    visit(AttributeSpec{recognised, "first_alone", "judged images that the first file alone recognises"},
          summary.first_alone);
    visit(AttributeSpec{recognised, "second_alone", "judged images that the second file alone recognises"},
          summary.second_alone);
    visit(AttributeSpec{rank, "images", "images with a rank correlation"}, summary.rank_images);
    visit(AttributeSpec{rank, "mean", "mean rank correlation over them"}, summary.rank_correlation.mean);
    visit(AttributeSpec{rank, "ci_low", "lower end of its 95 % bootstrap interval over the images"},
          summary.rank_correlation.low);
    visit(AttributeSpec{rank, "ci_high", "upper end of it"}, summary.rank_correlation.high);
    visit(AttributeSpec{relevance, "scenes", "scenes with a Jaccard index"}, summary.jaccard_scenes);
    visit(AttributeSpec{relevance, "jaccard_mean", "mean Jaccard index over them"}, summary.jaccard.mean);
    visit(AttributeSpec{relevance, "jaccard_ci_low", "lower end of its 95 % bootstrap interval over the scenes"},
          summary.jaccard.low);
    visit(AttributeSpec{relevance, "jaccard_ci_high", "upper end of it"}, summary.jaccard.high);
    visit(AttributeSpec{relevance, "relevant", "statistics.relevant"}, summary.relevant);
    visit(AttributeSpec{difference, "seed", "statistics.seed"}, summary.seed);
    visit(AttributeSpec{difference, "resamples", "statistics.resamples"}, summary.resamples);
    visit(AttributeSpec{difference, "permutations", "statistics.permutations"}, summary.permutations);
}

/// Extents, labels and attributes of a comparison file.
struct ComparisonLayout {
    std::vector<std::string> scenes;
    std::vector<std::string> semantics;
    std::uint64_t images = 0;
    std::size_t maximum_path_bytes = 1;
    std::uint64_t explanations = 0;
    ComparisonSummary summary;
};

/// Writes the paths of images, from the image `first` on.
using PathWriter = std::function<void(std::uint64_t first, const std::vector<std::string>& paths)>;

/// Creates a comparison file with every dataset allocated, the names of scenes and classes and the attributes written;
/// the rest is left to ComparisonWriter. Local, on one rank, before the others open the file, under a temporary name.
/// `write_paths` is called with a function that writes paths from an image on. Throws IoError when the file cannot be
/// made or the disk is full; nothing is left of it then.
void create_comparison_file(const std::filesystem::path& path, const ComparisonLayout& layout,
                            const Provenance& provenance, const std::function<void(const PathWriter&)>& write_paths);

/// Rows of a contiguous range of images.
struct ComparedImages {
    Range images;
    std::vector<std::int32_t> scene;                              ///< true scene, -1 = unknown
    std::array<std::vector<std::int32_t>, side_count> predicted;  ///< -1 = no result
    std::vector<std::uint32_t> classes;
    std::vector<float> rank_correlation;
    std::vector<std::uint32_t> explanation_image;  ///< of the explanations of these images, ascending
    std::vector<std::uint16_t> explanation_semantic;
    std::vector<std::uint8_t> explanation_role;
};

/// Rows of a contiguous range of n scenes; S semantics.
struct ComparedScenes {
    Range scenes;
    std::vector<std::uint32_t> images;                                   ///< [n]
    std::vector<std::uint32_t> present;                                  ///< [n,S]
    std::array<std::vector<double>, difference_column_count> columns;    ///< by DifferenceColumn, each [n,S]
    std::vector<std::uint32_t> rank_images;                              ///< [n]
    std::vector<double> rank_mean, rank_low, rank_high;                  ///< [n]
    std::array<std::vector<std::uint32_t>, side_count> correct;          ///< [n]
    std::array<std::vector<double>, side_count> correct_mean;            ///< [n,S]
    std::array<std::vector<std::uint8_t>, side_count> relevant;          ///< [n,S]
    std::vector<double> jaccard;                                         ///< [n]
    std::vector<std::uint32_t> both, neither;                            ///< [n]
    std::array<std::vector<std::uint32_t>, side_count> alone;            ///< [n]
    std::array<std::vector<std::uint32_t>, side_count> necessary, flip;  ///< [n,S]
};

/// Writes into a comparison file that one rank has created. Members are collective and throw as those of RowWriter.
class ComparisonWriter {
  public:
    ComparisonWriter(const std::filesystem::path& path, const comm::Communicator& communicator)
        : communicator_(communicator), rows_(path, communicator) {}

    /// The ranges of all ranks follow each other in rank order and cover all images.
    void write(const ComparedImages& rows);
    /// The same of the scenes.
    void write(const ComparedScenes& rows);
    void finish() { rows_.finish(); }

  private:
    const comm::Communicator& communicator_;
    RowWriter rows_;
};

/// Reads a comparison file by ranges. Local. C scenes, S semantics including 0 = unlabelled.
class ComparisonReader {
  public:
    /// Throws InputError when the file is missing, is not a comparison file, has another format version, or a dataset
    /// is missing or has another type or shape than the rest of the file calls for.
    explicit ComparisonReader(const std::filesystem::path& path);

    std::uint64_t images() const noexcept { return images_; }
    std::uint64_t scenes() const noexcept { return scenes_; }
    std::uint64_t semantics() const noexcept { return semantics_; }
    std::uint64_t explanations() const noexcept { return explanations_; }

    std::string attribute(const std::string& name) const;
    ComparisonSummary summary() const;
    std::vector<std::string> scene_names() const;
    std::vector<std::string> semantic_names() const;
    std::vector<std::string> image_paths(Range images) const;

    /// Everything of some scenes. Throws InputError for an infinite number or an unknown set.
    ComparedScenes read_scenes(Range scenes) const;
    /// The images of a range, without explanations. Throws InputError for a scene that there is not.
    ComparedImages read_images(Range images) const;
    /// Explanations of a range of their rows, the other members empty. Throws InputError for an image, a class or a
    /// role that there is not, or images that do not ascend.
    ComparedImages read_explanations(Range rows) const;

  private:
    hdf5::File file_;
    std::uint64_t images_ = 0;
    std::uint64_t scenes_ = 0;
    std::uint64_t semantics_ = 0;
    std::uint64_t explanations_ = 0;
};

/// Checks that the content of a comparison file agrees with itself: images with scenes, sets with means, explanations
/// with counts. Reads scene by scene. Local. Returns one sentence per problem, at most `limit`.
std::vector<std::string> check_comparison_content(const ComparisonReader& file, std::size_t limit = 20);

}  // namespace semscope::results
