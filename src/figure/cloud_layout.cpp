#include "cloud_places.hpp"
#include "semscope/base/error.hpp"
#include "semscope/figure/word_cloud.hpp"
#include "text_mask.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

namespace semscope::figure {
namespace {

constexpr double border = 4;         // points between the ellipse and the edge of the picture
constexpr double shrink = 0.96;      // from one attempt to the next
constexpr double blank = 0.4;        // gap between words side by side, in font sizes of the later one
constexpr double leading = 0.1;      // the same for words one above the other
constexpr double trial = 20;         // font size that words are measured at
constexpr std::uint32_t orders = 3;  // ways of searching that are tried at each size
constexpr double start_fill = 0.8;   // share of the ellipse that the words' boxes cover in the first attempt

std::size_t to_pixels(double points) { return static_cast<std::size_t>(std::ceil(points * cloud_scale)); }

/// Font sizes relative to that of the heaviest word.
std::vector<double> relative_sizes(std::span<const WeightedWord> words, double relative_scaling) {
    std::vector<double> sizes;
    double size = 1;
    for (std::size_t i = 0; i < words.size(); ++i) {
        // Written so that equal weights give a factor of exactly 1.
        if (i > 0) size *= 1 - relative_scaling * (1 - words[i].weight / words[i - 1].weight);
        sizes.push_back(size);
    }
    return sizes;
}

class CloudLayout {
  public:
    CloudLayout(std::span<const WeightedWord> words, const CloudOptions& options)
        : words_(words),
          options_(options),
          sizes_(relative_sizes(words, options.relative_scaling)),
          empty_(outside_ellipse(options.size)),
          search_(empty_) {}

    /// Fills `cloud` with the largest attempt that places all words, or else the last one.
    void run(WordCloud& cloud, const Palette& palette) {
        // Down to where the lightest word has the smallest size. Words far too light for that do not count.
        const double hopeless = options_.smallest / (0.6 * size_limit());
        const auto kept = std::find_if(sizes_.rbegin(), sizes_.rend(), [&](double own) { return own >= hopeless; });
        const double least = options_.smallest / (kept == sizes_.rend() ? 1 : *kept);
        double size = std::max(least, std::min(size_limit(), size_for_area()));
        while (!attempt_all(size, size * shrink < least, cloud, palette)) size *= shrink;
    }

  private:
    Font font(double size) const { return {options_.font, size, false}; }

    /// The largest size of the heaviest word with which every word is narrower than the ellipse.
    double size_limit() const {
        double widest = 0;
        for (std::size_t i = 0; i < words_.size(); ++i) widest = std::max(widest, ink_at(trial, i).width);
        return std::min(options_.largest, trial * cloud_outline(options_.size).width / std::max(widest, 1.0));
    }

    /// A size of the heaviest word that is most likely too large for all words together.
    double size_for_area() const {
        double area = 0;
        for (std::size_t i = 0; i < words_.size(); ++i) {
            const Rect ink = ink_at(trial, i);
            area += (ink.width + blank * trial * sizes_[i]) * (ink.height + leading * trial * sizes_[i]);
        }
        const Rect ellipse = cloud_outline(options_.size);
        const double room = start_fill * std::numbers::pi / 4 * ellipse.width * ellipse.height;
        return trial * std::sqrt(room / std::max(area, 1.0));
    }

    /// What a word covers when the heaviest is at `size`.
    Rect ink_at(double size, std::size_t index) const {
        return measure(words_[index].word, font(size * sizes_[index])).ink;
    }

    /// One way of placing all words: the size of the heaviest, and how the search runs.
    struct Attempt {
        double size;
        std::uint32_t order;
        bool last;  ///< list what does not fit instead of giving up
    };

    bool attempt_all(double size, bool last, WordCloud& cloud, const Palette& palette) const {
        for (std::uint32_t order = 0; order < orders; ++order)
            if (run({size, order, last && order + 1 == orders}, cloud, palette)) return true;
        return false;
    }

    /// Returns false, early, when a word does not fit.
    bool run(const Attempt& attempt, WordCloud& cloud, const Palette& palette) const {
        Bitmap taken = empty_;
        cloud.words.clear();
        cloud.unplaced.clear();
        for (std::size_t i = 0; i < words_.size(); ++i) {
            const WeightedWord& word = words_[i];
            const double own = attempt.size * sizes_[i];
            std::string reason;
            if (own < options_.smallest)
                reason =
                    fmt::format("its size would be {:.1f} pt, below the smallest of {:g} pt", own, options_.smallest);
            else if (!place(taken, i, attempt, palette.text(word.semantic), cloud))
                reason = fmt::format("no room left at {:.1f} pt", own);
            if (reason.empty()) continue;
            if (!attempt.last && own >= options_.smallest) return false;
            cloud.unplaced.push_back({word.semantic, word.word, word.weight, reason});
        }
        centre(taken, cloud);
        return true;
    }

    /// With few words, what fits best near the middle may lie askew.
    void centre(const Bitmap& taken, WordCloud& cloud) const {
        const GridShift shift = shift_to_middle(taken, empty_);
        for (PlacedWord& word : cloud.words) {
            word.baseline.x += shift.x / cloud_scale;
            word.baseline.y += shift.y / cloud_scale;
            word.box.x += shift.x / cloud_scale;
            word.box.y += shift.y / cloud_scale;
        }
    }

    bool place(Bitmap& taken, std::size_t index, const Attempt& attempt, Rgb colour, WordCloud& cloud) const {
        const WeightedWord& word = words_[index];
        const double size = attempt.size * sizes_[index];
        const TextMask mask = mask_of(word.word, font(size), cloud_scale);
        // Side by side, words need a gap that looks like a blank, or they read as one.
        const std::size_t beside = to_pixels(std::max(options_.gap, blank * size));
        const std::size_t above = to_pixels(std::max(options_.gap, leading * size));
        const auto found = search_.find(taken, mask.pixels.grown(beside, above), options_.seed,
                                        {static_cast<std::uint32_t>(index), attempt.order});
        if (!found) return false;
        taken.add(mask.pixels, found->x + beside, found->y + above);
        const Point baseline{(static_cast<double>(found->x + beside) - mask.left) / cloud_scale,
                             (static_cast<double>(found->y + above) - mask.top) / cloud_scale};
        const Rect ink = measure(word.word, font(size)).ink;
        cloud.words.push_back({word.semantic,
                               word.word,
                               word.weight,
                               size,
                               colour,
                               baseline,
                               {baseline.x + ink.x, baseline.y + ink.y, ink.width, ink.height}});
        return true;
    }

    std::span<const WeightedWord> words_;
    const CloudOptions& options_;
    std::vector<double> sizes_;
    Bitmap empty_;
    PlaceSearch search_;
};

void check(std::span<const WeightedWord> words, const CloudOptions& options) {
    for (std::size_t i = 0; i < words.size(); ++i)
        if (!(words[i].weight > 0) || !std::isfinite(words[i].weight) ||
            (i > 0 && words[i].weight > words[i - 1].weight))
            throw InputError(
                fmt::format("word cloud: the weight {} of \"{}\" is not positive or not in descending order",
                            words[i].weight, words[i].word));
    if (!(options.size.width >= 50 && options.size.height >= 50 && options.size.width <= 5000 &&
          options.size.height <= 5000))
        throw UsageError(fmt::format("a word cloud of {} x {} points is outside 50 to 5000", options.size.width,
                                     options.size.height));
    if (!(options.smallest > 0 && options.largest >= options.smallest && options.gap >= 0 &&
          options.relative_scaling > 0 && options.relative_scaling <= 1))
        throw UsageError("word cloud: font sizes, gap or relative scaling make no sense");
}

}  // namespace

Rect cloud_outline(Size size) { return {border, border, size.width - 2 * border, size.height - 2 * border}; }

WordCloud lay_out_cloud(std::string scene, std::span<const WeightedWord> words, const Palette& palette,
                        const CloudOptions& options) {
    check(words, options);
    WordCloud cloud{std::move(scene), options.size, options.seed, options.font, {}, {}};
    if (!words.empty()) CloudLayout(words, options).run(cloud, palette);
    return cloud;
}

}  // namespace semscope::figure
