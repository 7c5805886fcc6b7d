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

/// A sample in ascending order, its zeros counted and not stored: as cheap for a class that is present in 3 of 5,000
/// images as for 3 images.
class SortedSample {
  public:
    explicit SortedSample(const SparseSample& sample);

    std::size_t size() const noexcept { return negative_ + zeros_ + (values_.size() - negative_); }

    /// The k-th smallest of all values, zeros of absent classes included, from 0. Precondition: k < size().
    double operator[](std::size_t k) const;

    /// The `share` quantile, 0 <= share <= 1, linearly interpolated between the order statistics around
    /// share * (n - 1): "type 7" of Hyndman and Fan, "Sample quantiles in statistical packages", 1996, and the same
    /// bits as numpy.percentile. NaN for an empty sample.
    double quantile(double share) const;

    /// The largest value <= limit, and the smallest value >= limit; NaN when there is none.
    double largest_up_to(double limit) const;
    double smallest_from(double limit) const;

  private:
    std::vector<double> values_;  // of present classes, ascending
    std::size_t negative_;        // how many of them are below 0
    std::size_t zeros_;           // absent classes
};

/// The same quantile of values in any order, which it partly sorts. Precondition: not empty, no NaN.
double quantile(std::span<double> values, double share);

/// What describes one deviation sample. All over all n images, absent classes counting 0, unless it says otherwise.
/// Without any image every number is NaN.
struct Summary {
    std::uint64_t images = 0;   ///< n
    std::uint64_t present = 0;  ///< images where the class is present
    double mean = 0;
    double mean_present = 0;  ///< over the images where the class is present; NaN when there is none
    double std = 0;           ///< population standard deviation (divided by n)
    double min = 0;
    double q1 = 0;  ///< quartiles: linear interpolation, as SortedSample::quantile
    double median = 0;
    double q3 = 0;
    double max = 0;
    double whisker_low = 0;   ///< smallest datum >= q1 - 1.5 (q3 - q1), or q1 when that is above q1
    double whisker_high = 0;  ///< largest datum <= q3 + 1.5 (q3 - q1), or q3 when that is below q3
};

/// Summarises a sample. Quartiles, whiskers and extremes are those of numpy.percentile and matplotlib's boxplot_stats
/// over the full sample, bit for bit; sums run in image order in double precision. O(m log m) for m present values.
Summary summarise(const SparseSample& sample);

}  // namespace semscope::statistics
