#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace semscope::statistics {

/// The deviations of one (scene, class) over `images` images: `values` of the images where the class is present, in
/// image order (one of them may happen to be 0), and a 0 for each of the others, which are not stored.
struct SparseSample {
    std::span<const float> values;
    std::uint64_t images = 0;  ///< n, at least values.size()

    std::uint64_t present() const noexcept { return values.size(); }
    std::uint64_t absent() const noexcept { return images - values.size(); }
};

/// Collects the samples of all classes of one scene over one set of images: 12 bytes for a present class of an image.
/// Images may be added in any order; the result does not depend on it.
class SceneSamples {
  public:
    /// For classes 0 .. semantics-1.
    explicit SceneSamples(std::size_t semantics) : offset_(semantics + 1) {}

    /// Adds an image of the set: its present classes and their deviations, of equal length.
    /// Throws InputError when a class is not below the number of semantics.
    void add(std::uint32_t image, std::span<const std::uint16_t> semantic, std::span<const float> value);

    /// Brings the values into the order class, then image. To be called once, after the last add.
    /// Throws InputError when an image was added twice.
    void finish();

    std::uint64_t images() const noexcept { return images_; }
    std::size_t semantics() const noexcept { return offset_.size() - 1; }

    /// After finish: the sample of class s.
    SparseSample sample(std::size_t s) const;

    /// After finish, as in the file: class s holds entries offset[s] .. offset[s+1] of sample_value and sample_image.
    const std::vector<std::uint64_t>& sample_offset() const noexcept { return offset_; }
    const std::vector<float>& sample_value() const noexcept { return value_; }
    const std::vector<std::uint32_t>& sample_image() const noexcept { return image_; }

  private:
    struct Entry {
        std::uint32_t image;
        float value;
        std::uint16_t semantic;
    };
    std::vector<Entry> entries_;  // until finish
    std::uint64_t images_ = 0;
    std::vector<std::uint64_t> offset_;
    std::vector<float> value_;
    std::vector<std::uint32_t> image_;
};

}  // namespace semscope::statistics
