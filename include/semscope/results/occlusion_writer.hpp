#pragma once

#include "semscope/comm/communicator.hpp"
#include "semscope/hdf5/file.hpp"
#include "semscope/results/occlusion_layout.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace semscope::results {

using comm::Range;

template <class T>
struct Field;

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
    void write_results(const ResultRows& rows);

    /// Marks the file complete and closes it.
    void finish();

    /// Closes the file as it is.
    void close();

    /// True when HDF5 did the last write of probabilities collectively.
    bool wrote_collectively() const noexcept { return wrote_collectively_; }

  private:
    template <class T>
    std::vector<T> read(const Field<T>& field, Range rows) const;
    template <class T>
    void write(const Field<T>& field, const std::vector<Range>& rows, const std::vector<T>& values);
    void flush();
    void set_complete(std::uint64_t complete);

    const comm::Communicator* communicator_;
    hdf5::File file_;
    bool wrote_collectively_ = false;
};

}  // namespace semscope::results
