#include "semscope/base/error.hpp"
#include "semscope/base/random.hpp"
#include "semscope/figure/word_cloud.hpp"
#include "text_mask.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

namespace semscope::figure {
namespace {

constexpr double scale = 2;         // pixels a point of the grid that words are placed on
constexpr double border = 4;        // points between the ellipse and the edge of the picture
constexpr double shrink = 0.96;     // from one attempt to the next
constexpr double ring_step = 3;     // pixels between tried places
constexpr double blank = 0.25;      // gap between words side by side, in font sizes of the later one
constexpr double start_fill = 1.0;  // share of the ellipse that the words' boxes cover in the first attempt

std::size_t to_pixels(double points) { return static_cast<std::size_t>(std::ceil(points * scale)); }

/// The grid with everything outside the ellipse set.
Bitmap outside(Size size) {
    Bitmap grid(static_cast<std::size_t>(size.width * scale), static_cast<std::size_t>(size.height * scale));
    const Rect ellipse = cloud_outline(size);
    const Point centre = ellipse.centre();
    for (std::size_t y = 0; y < grid.height(); ++y)
        for (std::size_t x = 0; x < grid.width(); ++x) {
            const double dx = ((static_cast<double>(x) + 0.5) / scale - centre.x) / (ellipse.width / 2);
            const double dy = ((static_cast<double>(y) + 0.5) / scale - centre.y) / (ellipse.height / 2);
            if (dx * dx + dy * dy >= 1) grid.set(x, y);
        }
    return grid;
}

struct Place {
    std::size_t x, y;
};

struct Offset {
    int x, y;
};

/// Places to try for the middle of a word, in pixels from the middle of the picture: rings, each an ellipse.
using Rings = std::vector<std::vector<Offset>>;

Rings make_rings(const Bitmap& grid) {
    const double a = static_cast<double>(grid.width()) / 2, b = static_cast<double>(grid.height()) / 2;
    const double count = std::ceil(std::min(a, b) / ring_step);
    Rings rings;
    for (double ring = 0; ring <= count; ++ring) {
        const double radius = ring / count;
        const double steps = std::max(1.0, std::ceil(std::numbers::pi * radius * (a + b) / ring_step));
        std::vector<Offset>& offsets = rings.emplace_back();
        for (double step = 0; step < steps; ++step) {
            const double angle = 2 * std::numbers::pi * step / steps;
            offsets.push_back({static_cast<int>(std::lround(radius * a * std::cos(angle))),
                               static_cast<int>(std::lround(radius * b * std::sin(angle)))});
        }
    }
    return rings;
}

/// The free place of `shape` on the innermost ring that has one. Where on the rings the search begins, and which way it
/// runs, is all that the seed varies.
std::optional<Place> find_place(const Bitmap& taken, const Bitmap& shape, const Rings& rings, std::uint64_t seed,
                                std::size_t index) {
    const auto random = philox4x32({static_cast<std::uint32_t>(index), 0, 0, 0}, philox_key(seed));
    // Where the corner of the shape may lie, and where it lies when both middles coincide.
    const int last_x = static_cast<int>(taken.width()) - static_cast<int>(shape.width());
    const int last_y = static_cast<int>(taken.height()) - static_cast<int>(shape.height());
    const bool backwards = (random[1] & 1U) != 0;
    for (const std::vector<Offset>& ring : rings) {
        const auto first =
            static_cast<std::size_t>(static_cast<double>(unit_float(random[0])) * static_cast<double>(ring.size()));
        for (std::size_t step = 0; step < ring.size(); ++step) {
            const Offset offset = ring[(first + (backwards ? ring.size() - step : step)) % ring.size()];
            const int x = last_x / 2 + offset.x, y = last_y / 2 + offset.y;
            if (x < 0 || y < 0 || x > last_x || y > last_y) continue;
            const Place place{static_cast<std::size_t>(x), static_cast<std::size_t>(y)};
            if (!taken.meets(shape, place.x, place.y)) return place;
        }
    }
    return std::nullopt;
}

/// Font sizes relative to that of the heaviest word.
std::vector<double> relative_sizes(std::span<const WeightedWord> words, double relative_scaling) {
    std::vector<double> sizes;
    for (std::size_t i = 0; i < words.size(); ++i)
        sizes.push_back(i == 0 ? 1
                               : sizes.back() *
                                     (relative_scaling * words[i].weight / words[i - 1].weight + 1 - relative_scaling));
    return sizes;
}

class CloudLayout {
  public:
    CloudLayout(std::span<const WeightedWord> words, const CloudOptions& options)
        : words_(words),
          options_(options),
          sizes_(relative_sizes(words, options.relative_scaling)),
          empty_(outside(options.size)),
          rings_(make_rings(empty_)) {}

    /// Fills `cloud` with the largest attempt that places all words, or else the last one.
    void run(WordCloud& cloud, const Palette& palette) {
        // Below this the lightest word would be unreadable.
        const double least = options_.smallest / sizes_.back();
        double size = first_size();
        while (!attempt(size, size * shrink < least, cloud, palette)) size *= shrink;
    }

  private:
    Font font(double size) const { return {options_.font, size, false}; }

    /// A size of the heaviest word that is surely too large for all words together, or the largest allowed.
    double first_size() const {
        constexpr double trial = 20;
        const Rect ellipse = cloud_outline(options_.size);
        double area = 0, widest = 0;
        for (std::size_t i = 0; i < words_.size(); ++i) {
            const Rect ink = measure(words_[i].word, font(trial * sizes_[i])).ink;
            area += (ink.width + blank * trial * sizes_[i]) * (ink.height + options_.gap);
            widest = std::max(widest, ink.width);
        }
        const double room = start_fill * std::numbers::pi / 4 * ellipse.width * ellipse.height;
        const double by_area = trial * std::sqrt(room / std::max(area, 1.0));
        const double by_width = trial * ellipse.width / std::max(widest, 1.0);
        return std::min({by_area, by_width, options_.largest});
    }

    /// Places all words with the heaviest at `size`. Returns false, early, when one does not fit; with `last` it
    /// lists what does not fit as unplaced and returns true.
    bool attempt(double size, bool last, WordCloud& cloud, const Palette& palette) const {
        Bitmap taken = empty_;
        cloud.words.clear();
        cloud.unplaced.clear();
        for (std::size_t i = 0; i < words_.size(); ++i) {
            const WeightedWord& word = words_[i];
            const double own = size * sizes_[i];
            std::string reason;
            if (own < options_.smallest)
                reason =
                    fmt::format("its size would be {:.1f} pt, below the smallest of {:g} pt", own, options_.smallest);
            else if (!place(taken, i, own, palette.text(word.semantic), cloud))
                reason = fmt::format("no room left at {:.1f} pt", own);
            if (reason.empty()) continue;
            if (!last) return false;
            cloud.unplaced.push_back({word.semantic, word.word, word.weight, reason});
        }
        return true;
    }

    bool place(Bitmap& taken, std::size_t index, double size, Rgb colour, WordCloud& cloud) const {
        const WeightedWord& word = words_[index];
        const TextMask mask = mask_of(word.word, font(size), scale);
        // Side by side, words need a gap that looks like a blank, or they read as one.
        const std::size_t beside = to_pixels(std::max(options_.gap, blank * size)), above = to_pixels(options_.gap);
        const auto found = find_place(taken, mask.pixels.grown(beside, above), rings_, options_.seed, index);
        if (!found) return false;
        taken.add(mask.pixels, found->x + beside, found->y + above);
        const Point baseline{(static_cast<double>(found->x + beside) - mask.left) / scale,
                             (static_cast<double>(found->y + above) - mask.top) / scale};
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
    Rings rings_;
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
