#pragma once

#include "semscope/comm/communicator.hpp"
#include "semscope/hdf5/file.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace semscope::results {

/// State of an image in an occlusion file.
enum class ImageStatus : std::uint8_t {
    pending = 0,
    done = 1,
    unreadable = 2,  ///< its photo cannot be decoded; its rows are NaN
    not_finite = 3,  ///< the network gives it, or one of its variants, a score that is not finite; its rows are NaN
};

/// The number that stands for a state in /image/status.
constexpr std::uint8_t stored(ImageStatus status) { return static_cast<std::uint8_t>(status); }

inline constexpr const char* occlusion_format = "semscope occlusion";
inline constexpr std::uint64_t occlusion_format_version = 2;

/// An axis that a curve's area refers to, and the curve.
enum class CurveArea : std::uint8_t { deletion, deletion_pixels, insertion, insertion_pixels };
inline constexpr std::array<CurveArea, 4> curve_areas{CurveArea::deletion, CurveArea::deletion_pixels,
                                                      CurveArea::insertion, CurveArea::insertion_pixels};

/// The scene that an interaction of two classes is of.
enum class InteractionScene : std::uint8_t { predicted, truth };

/// What an occlusion file may hold besides the deviations of single classes.
struct AttributionLayout {
    bool shapley = false;
    std::vector<std::string> orders;  ///< names of the curves' orders; none = no curves
    bool interactions = false;
    std::uint64_t pairs = 0;  ///< Q: pairs of classes of all images, where there are interactions
};

/// Extents and labels of an occlusion file: N images, V variants (present classes of all images), C scenes, S semantics
/// including 0 = unlabelled.
struct OcclusionLayout {
    std::uint64_t images = 0;
    std::uint64_t variants = 0;
    std::vector<std::string> scenes;
    std::vector<std::string> semantics;
    std::size_t maximum_path_bytes = 1;                    ///< bytes
    std::function<std::string(std::uint64_t)> image_path;  ///< path of an image, as listed
    AttributionLayout attribution = {};
};

/// Bytes that the datasets of such a file take; its metadata and attributes come on top, some tens of kilobytes. Local,
/// pure.
std::uint64_t occlusion_file_bytes(const OcclusionLayout& layout);

/// What produced a file: attribute names and texts. Recorded, never compared.
using Provenance = std::vector<std::pair<std::string, std::string>>;

/// Creates an occlusion file with every dataset allocated, names and paths written, and complete = 0; everything else
/// is left to OcclusionWriter. The disk space is reserved. Local, on one rank, before the others open the file. `path`
/// is one that nobody takes for a result: see temporary_path and publish. Throws IoError when the file cannot be made
/// or the disk is full; nothing is left of it then.
void create_occlusion_file(const std::filesystem::path& path, const OcclusionLayout& layout,
                           const Provenance& provenance, std::uint64_t ranks);

using comm::Range;

/// Reads an occlusion file. Opened for one process every member is local; opened with a communicator every member that
/// reads a dataset is collective.
class OcclusionReader {
  public:
    /// Local. Throws InputError when the file is missing, is not an occlusion file, has another format version, or a
    /// dataset is missing or has another type or shape than the rest of the file calls for.
    explicit OcclusionReader(const std::filesystem::path& path);

    /// Collective. The communicator must outlive the reader.
    OcclusionReader(const std::filesystem::path& path, const comm::Communicator& communicator);

    /// 1: without the digests of the inputs.
    std::uint64_t format_version() const noexcept { return format_version_; }
    std::uint64_t images() const noexcept { return images_; }
    std::uint64_t variants() const noexcept { return variants_; }
    std::uint64_t scenes() const noexcept { return scenes_; }
    std::uint64_t semantics() const noexcept { return semantics_; }

    /// True when no image is pending.
    bool complete() const noexcept { return complete_; }

    /// A text attribute of the root group, such as configuration_digest; "" when the file has none.
    std::string attribute(const std::string& name) const;
    std::uint64_t ranks() const;

    /// Names and paths. Throw InputError for one that is no UTF-8, holds control characters, cannot name a folder
    /// (scenes) or leads out of its root (paths).
    std::vector<std::string> scene_names() const;
    std::vector<std::string> semantic_names() const;
    std::vector<std::string> image_paths(Range images) const;
    /// Bytes of the longest path, as stored.
    std::size_t path_bytes() const;
    std::vector<std::int32_t> image_scenes(Range images) const;
    std::vector<std::uint8_t> image_status(Range images) const;
    /// Digests of the photos' files; 0 for one that is unreadable, and for all in a file of version 1.
    std::vector<std::uint64_t> photo_digests(Range images) const;
    /// Of images [begin, end): end - begin + 1 offsets. Throws InputError when they fall or lie beyond the variants.
    std::vector<std::uint64_t> variant_offsets(Range images) const;
    /// Of all images, N + 1 offsets. Throws InputError also when they do not start at 0 or end at the number of
    /// variants, or give an image more variants than there are classes.
    std::vector<std::uint64_t> variant_offsets() const;
    /// Digests of the label maps' files; 0 throughout for a file of format version 1, which lacks them.
    std::vector<std::uint64_t> label_digests(Range images) const;
    std::vector<float> image_probabilities(Range images) const;  ///< [images,C]
    std::vector<float> image_losses(Range images) const;
    std::vector<std::uint32_t> variant_images(Range variants) const;
    std::vector<std::uint16_t> variant_semantics(Range variants) const;
    std::vector<std::uint32_t> variant_pixels(Range variants) const;
    std::vector<float> variant_probabilities(Range variants) const;  ///< [variants,C]

    /// What follows is of files that have it; else the members that read throw InputError.
    bool has_shapley() const noexcept { return attribution_.shapley; }
    std::vector<float> shapley_values(Range variants) const;          ///< [variants,C]
    std::vector<float> shapley_errors(Range variants) const;          ///< [variants,C]
    std::vector<std::uint32_t> image_coalitions(Range images) const;  ///< [images]
    bool has_empty_probabilities() const noexcept { return has_shapley() || has_curves(); }
    std::vector<float> empty_probabilities(Range images) const;  ///< [images,C]

    /// O orders of the classes; step k = 1..n of image i is row variant_offset[i] + k - 1.
    bool has_curves() const noexcept { return !attribution_.orders.empty(); }
    const std::vector<std::string>& orders() const noexcept { return attribution_.orders; }
    std::vector<std::uint16_t> step_semantics(Range variants) const;  ///< [variants,O]
    std::vector<float> deletion_curves(Range variants) const;         ///< [variants,O]
    std::vector<float> insertion_curves(Range variants) const;        ///< [variants,O]
    std::vector<float> areas(CurveArea area, Range images) const;     ///< [images,O]
    std::vector<std::uint32_t> flip_counts(Range images) const;       ///< [images,O]

    /// Q pairs of classes.
    bool has_interactions() const noexcept { return attribution_.interactions; }
    std::uint64_t pairs() const noexcept { return attribution_.pairs; }
    /// Of images [begin, end): end - begin + 1 offsets. Throws InputError when they fall or lie beyond the pairs.
    std::vector<std::uint64_t> pair_offsets(Range images) const;
    std::vector<std::uint32_t> pair_images(Range pairs) const;
    std::vector<std::uint16_t> pair_first(Range pairs) const;
    std::vector<std::uint16_t> pair_second(Range pairs) const;
    std::vector<float> interactions(InteractionScene scene, Range pairs) const;

  private:
    explicit OcclusionReader(hdf5::File file);

    hdf5::File file_;
    std::uint64_t format_version_ = 0;
    std::uint64_t images_ = 0;
    std::uint64_t variants_ = 0;
    std::uint64_t scenes_ = 0;
    std::uint64_t semantics_ = 0;
    AttributionLayout attribution_;
    bool complete_ = false;
};

/// What keeps a row from being probabilities that sum to 1 within 1e-3, as "sums to 0.5"; "" = nothing. Local.
std::string problem_with_distribution(std::span<const float> row);

/// Checks the content of a whole occlusion file: offsets that never fall and match the variants, classes in ascending
/// order within an image and in range, statuses known, probabilities of done images finite, in [0, 1] and summing to 1
/// within 1e-3, rows of images without a result NaN. Reads in blocks. Local. Returns one sentence per problem, at most
/// `limit`.
/// Where there are attributions: Shapley values that sum to p - p_empty within 1e-5, areas that are those of the
/// curves, pairs that are those of the classes.
std::vector<std::string> check_occlusion_content(const OcclusionReader& file, std::size_t limit = 20);

using comm::Range;

template <class T>
struct Field;

/// The pairs of classes of a contiguous range of images, for files with interactions.
struct PairRows {
    Range pairs;
    std::vector<std::uint64_t> offset;  ///< [images], the first pair of each; the last rank has one more, Q
    std::vector<std::uint32_t> image;   ///< [pairs]
    std::vector<std::uint16_t> first;
    std::vector<std::uint16_t> second;
};

/// What the survey found on one rank: a contiguous range of images and their variants.
struct SurveyRows {
    Range images;
    Range variants;
    std::vector<std::int32_t> scene;            ///< [images]
    std::vector<std::uint64_t> variant_offset;  ///< [images], the first variant of each; the last rank has one more, V
    std::vector<std::uint32_t> variant_image;   ///< [variants]
    std::vector<std::uint16_t> variant_semantic;
    std::vector<std::uint32_t> variant_pixels;
    std::vector<std::uint64_t> label_digest;  ///< [images]
    PairRows pairs = {};                      ///< empty where the file has no interactions
};

/// The part of results that only files with attributions have. What a file does not have is empty.
struct AttributionRows {
    std::vector<float> shapley;                ///< [variants,C]
    std::vector<float> shapley_error;          ///< [variants,C]
    std::vector<std::uint32_t> coalitions;     ///< [images]
    std::vector<float> probability_empty;      ///< [images,C]
    std::vector<std::uint16_t> step_semantic;  ///< [variants,O]
    std::vector<float> deletion;               ///< [variants,O]
    std::vector<float> insertion;              ///< [variants,O]
    std::array<std::vector<float>, 4> areas;   ///< [images,O] of each CurveArea
    std::vector<std::uint32_t> flip_count;     ///< [images,O]
    std::vector<Range> pairs;
    std::vector<float> interaction_predicted;  ///< [pairs]
    std::vector<float> interaction_truth;      ///< [pairs]
};

/// Results of some images of one rank, in ascending order; ranges of rows may have gaps between them.
struct ResultRows {
    std::vector<Range> images;
    std::vector<Range> variants;
    std::vector<float> image_probability;     ///< [images,C]
    std::vector<float> image_loss;            ///< [images]
    std::vector<float> variant_probability;   ///< [variants,C]
    std::vector<std::uint8_t> status;         ///< [images], ImageStatus
    std::vector<std::uint64_t> photo_digest;  ///< [images]
    AttributionRows attribution = {};
};

/// Writes into an occlusion file that one rank has created. All members but the destructor are collective: every rank
/// calls them in the same order, with empty rows when it has none. An error on one rank becomes one of all before the
/// next step is taken, so that no rank waits for another that has given up: they throw comm::AgreedError everywhere.
class OcclusionWriter {
  public:
    /// Opens the file for all ranks, with hints for MPI-IO. The communicator must outlive the writer.
    OcclusionWriter(const std::filesystem::path& path, const comm::Communicator& communicator,
                    const KeyValues& hints = {});

    /// The MPI-IO hints in effect, see hdf5::File::hints. The one member that is local.
    KeyValues hints() const { return file_.hints(); }

    /// Writes what the survey found, marks every image pending, and flushes.
    void write_survey(const SurveyRows& rows);

    /// States of all images, N of them, on every rank.
    std::vector<std::uint8_t> read_status() const;

    /// True scenes of a range of images.
    std::vector<std::int32_t> read_scenes(Range images) const;

    /// Digests of the files of a range of images.
    std::vector<std::uint64_t> read_photo_digests(Range images) const;
    std::vector<std::uint64_t> read_label_digests(Range images) const;

    /// The variant offsets of images [begin, end]: one more than images.
    std::vector<std::uint64_t> read_variant_offsets(Range images) const;

    /// Semantic classes and their pixels, of a range of variants.
    std::vector<std::uint16_t> read_variant_semantics(Range variants) const;
    std::vector<std::uint32_t> read_variant_pixels(Range variants) const;

    /// Number of variants, V.
    std::uint64_t variants() const;

    /// Notes in the file that it was resumed on other hardware than that of its attribute `hardware`. Collective.
    void mark_other_hardware();

    /// Makes images pending again and the file incomplete. `images`: of this rank.
    void mark_pending(const std::vector<Range>& images);

    /// A checkpoint: probabilities, flush, status, flush. A flush hands the data to the operating system and asks it to
    /// bring them to the disk (MPI_File_sync, that is fsync on every rank), and no rank writes a status before every
    /// rank's flush has ended. So an image is never seen as done before its rows: not when one or all processes are
    /// killed at any moment; nor after a power loss, as far as the file system and the disks keep what fsync promises
    /// (a network file system may only promise it for the client that wrote, which is why every rank syncs). What is
    /// not promised after a power loss: that the last checkpoint is there, when its second flush had not ended.
    ///
    /// What is a few bytes an image (status, loss, digest) is written by rank 0 for all: else ranks would write to the
    /// same pages of the file, and a parallel file system hands the lock of a page from one to the next.
    void write_results(const ResultRows& rows);

    /// Marks the file complete and closes it.
    void finish();

    /// Closes the file as it is.
    void close();

    /// True when HDF5 did the last write of probabilities collectively.
    bool wrote_collectively() const noexcept { return wrote_collectively_; }

  private:
    hdf5::Dataset open(const std::string& path) const;
    template <class T>
    std::vector<T> read(const Field<T>& field, Range rows) const;
    template <class T>
    void write(const Field<T>& field, const std::vector<Range>& rows, const std::vector<T>& values);
    /// Rank 0 writes the rows of all ranks. For datasets of a few bytes an image: else several ranks write to one page
    /// of the file, and on a parallel file system they take its lock from each other at every checkpoint.
    template <class T>
    void write_by_root(const Field<T>& field, const std::vector<Range>& rows, const std::vector<T>& values);
    void write_attribution(const ResultRows& rows);
    void flush();
    void set_complete(std::uint64_t complete);

    const comm::Communicator* communicator_;
    hdf5::File file_;
    AttributionLayout attribution_;
    bool wrote_collectively_ = false;
};

}  // namespace semscope::results
