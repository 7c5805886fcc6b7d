#include "cloud_layout.hpp"

#include "pango.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/random.hpp"
#include "semscope/figures/word_cloud.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

namespace semscope::figures {
namespace {

constexpr double ring_step = 3;  // pixels between tried places

/// The pixels that are set in `taken` and not in `empty`, cut out.
struct CutOut {
    Bitmap shape;
    std::size_t left, top;
};

CutOut difference(const Bitmap& taken, const Bitmap& empty) {
    std::size_t left = taken.width(), top = taken.height(), right = 0, bottom = 0;
    std::vector<GridPlace> pixels;
    for (std::size_t y = 0; y < taken.height(); ++y)
        for (std::size_t x = 0; x < taken.width(); ++x) {
            if (!taken.get(x, y) || empty.get(x, y)) continue;
            pixels.push_back({x, y});
            left = std::min(left, x);
            right = std::max(right, x + 1);
            top = std::min(top, y);
            bottom = std::max(bottom, y + 1);
        }
    if (pixels.empty()) return {Bitmap(0, 0), 0, 0};
    CutOut cut{Bitmap(right - left, bottom - top), left, top};
    for (const GridPlace pixel : pixels) cut.shape.set(pixel.x - left, pixel.y - top);
    return cut;
}

int signed_of(std::size_t value) { return static_cast<int>(value); }

}  // namespace

Bitmap outside_ellipse(Size size) {
    Bitmap grid(static_cast<std::size_t>(size.width * cloud_scale),
                static_cast<std::size_t>(size.height * cloud_scale));
    const Rect ellipse = cloud_outline(size);
    const Point centre = ellipse.centre();
    for (std::size_t y = 0; y < grid.height(); ++y)
        for (std::size_t x = 0; x < grid.width(); ++x) {
            const double dx = ((static_cast<double>(x) + 0.5) / cloud_scale - centre.x) / (ellipse.width / 2);
            const double dy = ((static_cast<double>(y) + 0.5) / cloud_scale - centre.y) / (ellipse.height / 2);
            if (dx * dx + dy * dy >= 1) grid.set(x, y);
        }
    return grid;
}

PlaceSearch::PlaceSearch(const Bitmap& grid) {
    const double a = static_cast<double>(grid.width()) / 2, b = static_cast<double>(grid.height()) / 2;
    const double count = std::ceil(std::min(a, b) / ring_step);
    for (double ring = 0; ring <= count; ++ring) {
        const double radius = ring / count;
        const double steps = std::max(1.0, std::ceil(std::numbers::pi * radius * (a + b) / ring_step));
        std::vector<Offset>& offsets = rings_.emplace_back();
        for (double step = 0; step < steps; ++step) {
            const double angle = 2 * std::numbers::pi * step / steps;
            offsets.push_back({static_cast<int>(std::lround(radius * a * std::cos(angle))),
                               static_cast<int>(std::lround(radius * b * std::sin(angle)))});
        }
    }
}

std::optional<GridPlace> PlaceSearch::find(const Bitmap& taken, const Bitmap& shape, std::uint64_t seed,
                                           std::array<std::uint32_t, 2> which) const {
    const auto random = philox4x32({which[0], which[1], 0, 0}, philox_key(seed));
    const auto start = static_cast<double>(unit_float(random[0]));
    const bool backwards = (random[1] & 1U) != 0;
    // Where the corner of the shape may lie; halfway is where both middles coincide.
    const int last_x = signed_of(taken.width()) - signed_of(shape.width());
    const int last_y = signed_of(taken.height()) - signed_of(shape.height());
    for (const std::vector<Offset>& ring : rings_) {
        const auto first = static_cast<std::size_t>(start * static_cast<double>(ring.size()));
        for (std::size_t step = 0; step < ring.size(); ++step) {
            const Offset offset = ring[(first + (backwards ? ring.size() - step : step)) % ring.size()];
            const int x = last_x / 2 + offset.x, y = last_y / 2 + offset.y;
            if (x < 0 || y < 0 || x > last_x || y > last_y) continue;
            const GridPlace place{static_cast<std::size_t>(x), static_cast<std::size_t>(y)};
            if (!taken.meets(shape, place.x, place.y)) return place;
        }
    }
    return std::nullopt;
}

GridShift shift_to_middle(const Bitmap& taken, const Bitmap& empty) {
    const CutOut words = difference(taken, empty);
    const int all_x = (signed_of(empty.width()) - signed_of(words.shape.width())) / 2 - signed_of(words.left);
    const int all_y = (signed_of(empty.height()) - signed_of(words.shape.height())) / 2 - signed_of(words.top);
    for (const int quarters : {4, 3, 2, 1}) {
        const GridShift shift{all_x * quarters / 4, all_y * quarters / 4};
        const int left = signed_of(words.left) + shift.x;
        const int top = signed_of(words.top) + shift.y;
        if (!empty.meets(words.shape, static_cast<std::size_t>(left), static_cast<std::size_t>(top))) return shift;
    }
    return {};
}
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

}  // namespace semscope::figures
