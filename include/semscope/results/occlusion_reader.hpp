#pragma once

#include "semscope/comm/communicator.hpp"
#include "semscope/hdf5/file.hpp"
#include "semscope/results/occlusion_layout.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace semscope::results {

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

    std::uint64_t images() const noexcept { return images_; }
    std::uint64_t variants() const noexcept { return variants_; }
    std::uint64_t scenes() const noexcept { return scenes_; }
    std::uint64_t semantics() const noexcept { return semantics_; }

    /// True when every image is done or unreadable.
    bool complete() const noexcept { return complete_; }

    /// A text attribute of the root group, such as configuration_digest; "" when the file has none.
    std::string attribute(const std::string& name) const;
    std::uint64_t ranks() const;

    /// Names and paths. Throw InputError for one that is no UTF-8, holds control characters, cannot name a folder
    /// (scenes) or leads out of its root (paths).
    std::vector<std::string> scene_names() const;
    std::vector<std::string> semantic_names() const;
    std::vector<std::string> image_paths(Range images) const;
    std::vector<std::int32_t> image_scenes(Range images) const;
    std::vector<std::uint8_t> image_status(Range images) const;
    /// Of images [begin, end): end - begin + 1 offsets. Throws InputError when they fall or lie beyond the variants.
    std::vector<std::uint64_t> variant_offsets(Range images) const;
    /// Of all images, N + 1 offsets. Throws InputError also when they do not start at 0 or end at the number of
    /// variants, or give an image more variants than there are classes.
    std::vector<std::uint64_t> variant_offsets() const;
    std::vector<float> image_probabilities(Range images) const;  ///< [images,C]
    std::vector<float> image_losses(Range images) const;
    std::vector<std::uint32_t> variant_images(Range variants) const;
    std::vector<std::uint16_t> variant_semantics(Range variants) const;
    std::vector<std::uint32_t> variant_pixels(Range variants) const;
    std::vector<float> variant_probabilities(Range variants) const;  ///< [variants,C]

  private:
    explicit OcclusionReader(hdf5::File file);

    hdf5::File file_;
    std::uint64_t images_ = 0;
    std::uint64_t variants_ = 0;
    std::uint64_t scenes_ = 0;
    std::uint64_t semantics_ = 0;
    bool complete_ = false;
};

/// Checks the content of a whole occlusion file: offsets that never fall and match the variants, classes in ascending
/// order within an image and in range, statuses known, probabilities of done images finite, in [0, 1] and summing to 1
/// within 1e-3, rows of unreadable images NaN. Reads in blocks. Local. Returns one sentence per problem, at most
/// `limit`.
std::vector<std::string> check_occlusion_content(const OcclusionReader& file, std::size_t limit = 20);

}  // namespace semscope::results
