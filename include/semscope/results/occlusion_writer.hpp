#pragma once

#include "semscope/hdf5/file.hpp"
#include "semscope/mpi/communicator.hpp"
#include "semscope/results/occlusion_layout.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace semscope::results {

using mpi::Range;

/// What the survey found on one rank: a contiguous range of images and their variants.
struct SurveyRows {
    Range images;
    Range variants;
    std::vector<std::int32_t> scene;            ///< [images]
    std::vector<std::uint64_t> variant_offset;  ///< [images], the first variant of each; the last rank has one more, V
    std::vector<std::uint32_t> variant_image;   ///< [variants]
    std::vector<std::uint16_t> variant_semantic;
    std::vector<std::uint32_t> variant_pixels;
};

/// Results of some images of one rank, in ascending order; ranges of rows may have gaps between them.
struct ResultRows {
    std::vector<Range> images;
    std::vector<Range> variants;
    std::vector<float> image_probability;    ///< [images,C]
    std::vector<float> image_loss;           ///< [images]
    std::vector<float> variant_probability;  ///< [variants,C]
    std::vector<std::uint8_t> status;        ///< [images], ImageStatus
};

/// Writes into an occlusion file that one rank has created. All members are collective: every rank calls them in the
/// same order, with empty rows when it has none. They throw LibraryError, possibly on some ranks only; callers agree.
class OcclusionWriter {
  public:
    /// Opens the file for all ranks, with hints for MPI-IO. The communicator must outlive the writer.
    OcclusionWriter(const std::filesystem::path& path, const mpi::Communicator& communicator,
                    const KeyValues& hints = {});

    /// The MPI-IO hints in effect, see hdf5::File::hints. The one member that is local.
    KeyValues hints() const { return file_.hints(); }

    /// Writes what the survey found, marks every image pending, and flushes.
    void write_survey(const SurveyRows& rows);

    /// The variant offsets of all images, N+1 of them.
    std::vector<std::uint64_t> read_variant_offsets() const;

    /// Semantic classes of a range of variants.
    std::vector<std::uint16_t> read_variant_semantics(Range variants) const;

    /// A checkpoint: probabilities, flush, status, flush. An image is never marked done before its rows are in the file
    /// and handed to the operating system (MPI_File_sync, that is fsync), so that a run that is killed, on one rank or
    /// on all, at any moment leaves a file whose done images are whole.
    void write_results(const ResultRows& rows);

    /// Marks the file complete.
    void finish();

    /// True when HDF5 did the last write of probabilities collectively.
    bool wrote_collectively() const noexcept { return wrote_collectively_; }

  private:
    hdf5::File file_;
    bool wrote_collectively_ = false;
};

}  // namespace semscope::results
