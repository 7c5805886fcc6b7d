#include "cloud_grid.hpp"
#include "cloud_word.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/figures/word_cloud.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>

namespace semscope::figures {
namespace {

constexpr double shrink = 0.94;         // of a size at which a word does not fit
constexpr double start_step = 0.92;     // from one tried size of the heaviest word to the next
constexpr int most_starts = 24;         // sizes of the heaviest word that are tried
constexpr int most_worse = 4;           // of them one after the other without an improvement
constexpr double nearly = 0.96;         // of the most ink
constexpr std::uint32_t orders = 3;     // ways of searching that are tried at each size
constexpr double blank = 0.22;          // gap between words side by side, in font sizes of the later one
constexpr double leading = 0.05;        // the same for words one above the other
constexpr double largest_share = 0.44;  // of the height: the largest font size, unless one is given

std::size_t to_pixels(double points) { return static_cast<std::size_t>(std::ceil(points * cloud_scale)); }

/// What one way of placing the words has come to.
struct Attempt {
    std::vector<PlacedWord> words;
    std::vector<UnplacedWord> unplaced;
    std::uint32_t order = 0;  ///< how the search runs
    std::size_t ink = 0;      ///< pixels that the words touch
    Bitmap taken{0, 0};

    /// The smallest font size, in units of the largest.
    double smallest_share() const { return words.empty() ? 1 : words.back().font_size / words.front().font_size; }
};

/// Some words in a row, of equal weight, so that they have one size.
struct WordGroup {
    std::size_t begin, end;
};

class CloudLayout {
  public:
    CloudLayout(std::span<const WeightedWord> words, const CloudOptions& options, const Palette& palette)
        : words_(words),
          options_(options),
          palette_(palette),
          empty_(outside_ellipse(options.size)),
          search_(empty_),
          largest_(options.largest > 0 ? options.largest
                                       : std::max(options.smallest, largest_share * options.size.height)) {
        for (const WeightedWord& word : words) ways_.push_back(ways_to_write(word.word, options.font));
    }

    /// Fills `cloud` with the best attempt: as few unplaced words as possible, then nearly the most ink, and among
    /// those of nearly the most ink the largest differences of size.
    void run(WordCloud& cloud) const {
        std::vector<Attempt> attempts = all_attempts();
        const auto fewest = std::min_element(attempts.begin(), attempts.end(), [](const Attempt& a, const Attempt& b) {
                                return a.unplaced.size() < b.unplaced.size();
                            })->unplaced.size();
        std::erase_if(attempts, [&](const Attempt& each) { return each.unplaced.size() > fewest; });
        std::size_t most = 0;
        for (const Attempt& each : attempts) most = std::max(most, each.ink);
        std::erase_if(attempts, [&](const Attempt& each) {
            return static_cast<double>(each.ink) < nearly * static_cast<double>(most);
        });
        Attempt& best = *std::min_element(attempts.begin(), attempts.end(), [](const Attempt& a, const Attempt& b) {
            return a.smallest_share() < b.smallest_share();
        });
        centre(best);
        cloud.words = std::move(best.words);
        cloud.unplaced = std::move(best.unplaced);
    }

  private:
    /// At least one. Sizes of the heaviest word fall until several in a row bring no more ink.
    std::vector<Attempt> all_attempts() const {
        std::vector<Attempt> attempts;
        std::size_t most = 0;
        int worse = 0;
        double start = largest_;
        for (int i = 0; i < most_starts && worse < most_worse && start >= options_.smallest; ++i) {
            ++worse;
            double reached = 0;  // the largest size at which the heaviest word fits alone, in the first round
            for (std::uint32_t order = 0; order < orders; ++order) {
                attempts.push_back(place_all(start, order));
                const Attempt& attempt = attempts.back();
                if (!attempt.words.empty()) reached = attempt.words.front().font_size;
                if (!attempt.unplaced.empty() || attempt.ink > most) worse = 0;
                if (attempt.unplaced.empty()) most = std::max(most, attempt.ink);
            }
            start = start_step * std::min(start, reached);
        }
        if (attempts.empty()) attempts.push_back(place_all(options_.smallest, 0));
        return attempts;
    }

    /// Places the words, heaviest first. A group goes on from the size of the one before it, as its weight asks, and
    /// shrinks until it fits.
    Attempt place_all(double start, std::uint32_t order) const {
        Attempt attempt;
        attempt.order = order;
        attempt.taken = empty_;
        double size = start;
        for (WordGroup group{0, 0}; group.begin < words_.size(); group.begin = group.end) {
            group.end = group.begin + 1;
            const double weight = words_[group.begin].weight;
            while (group.end < words_.size() && words_[group.end].weight == weight) ++group.end;
            if (group.begin > 0) size *= 1 - options_.relative_scaling * (1 - weight / words_[group.begin - 1].weight);
            size = std::max(size, options_.smallest);
            while (!place_group(attempt, group, size)) {
                if (size <= options_.smallest) {
                    place_what_fits(attempt, group, size);
                    break;
                }
                size = std::max(size * shrink, options_.smallest);
            }
        }
        return attempt;
    }

    /// All words of the group, or none.
    bool place_group(Attempt& attempt, WordGroup group, double size) const {
        const std::size_t placed = attempt.words.size(), ink = attempt.ink;
        std::optional<Bitmap> before;
        if (group.end - group.begin > 1) before = attempt.taken;
        for (std::size_t i = group.begin; i < group.end; ++i) {
            if (place(attempt, i, size)) continue;
            if (before) attempt.taken = *std::move(before);
            attempt.words.erase(attempt.words.begin() + static_cast<std::ptrdiff_t>(placed), attempt.words.end());
            attempt.ink = ink;
            return false;
        }
        return true;
    }

    void place_what_fits(Attempt& attempt, WordGroup group, double size) const {
        for (std::size_t i = group.begin; i < group.end; ++i)
            if (!place(attempt, i, size))
                attempt.unplaced.push_back({words_[i].semantic, words_[i].word, words_[i].weight,
                                            fmt::format("no room left at {:.1f} pt", size)});
    }

    /// On one line or, where that finds no room, on two.
    bool place(Attempt& attempt, std::size_t index, double size) const {
        return std::any_of(ways_[index].begin(), ways_[index].end(), [&](const std::vector<std::string>& lines) {
            return place_lines(attempt, index, lines, size);
        });
    }

    bool place_lines(Attempt& attempt, std::size_t index, const std::vector<std::string>& lines, double size) const {
        CloudWord word = cloud_word(lines, options_.font, size);
        if (word.box.width > options_.size.width || word.box.height > options_.size.height) return false;
        // Side by side, words need a gap that looks like a blank, or they read as one.
        const std::size_t beside = to_pixels(std::max(options_.gap, blank * size));
        const std::size_t above = to_pixels(std::max(options_.gap, leading * size));
        const auto found = search_.find(attempt.taken, word.covered.grown(beside, above), options_.seed,
                                        {static_cast<std::uint32_t>(index), attempt.order});
        if (!found) return false;
        attempt.taken.add(word.covered, found->x + beside, found->y + above);
        attempt.ink += word.pixels.count();
        const Point corner{static_cast<double>(found->x + beside) / cloud_scale,
                           static_cast<double>(found->y + above) / cloud_scale};
        for (PlacedLine& line : word.lines) line.baseline = {line.baseline.x + corner.x, line.baseline.y + corner.y};
        const WeightedWord& source = words_[index];
        attempt.words.push_back({source.semantic,
                                 source.word,
                                 source.weight,
                                 size,
                                 palette_.text(source.semantic),
                                 std::move(word.lines),
                                 {word.box.x + corner.x, word.box.y + corner.y, word.box.width, word.box.height}});
        return true;
    }

    /// With few words, what fits best near the middle may lie askew.
    void centre(Attempt& attempt) const {
        const GridShift shift = shift_to_middle(attempt.taken, empty_);
        const Point by{shift.x / cloud_scale, shift.y / cloud_scale};
        for (PlacedWord& word : attempt.words) {
            for (PlacedLine& line : word.lines) line.baseline = {line.baseline.x + by.x, line.baseline.y + by.y};
            word.box.x += by.x;
            word.box.y += by.y;
        }
    }

    std::span<const WeightedWord> words_;
    const CloudOptions& options_;
    const Palette& palette_;
    std::vector<std::vector<std::vector<std::string>>> ways_;  ///< to write each word
    Bitmap empty_;
    PlaceSearch search_;
    double largest_;
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
    if (!(options.smallest > 0 && (options.largest == 0 || options.largest >= options.smallest) && options.gap >= 0 &&
          options.relative_scaling >= 0 && options.relative_scaling <= 1))
        throw UsageError("word cloud: font sizes, gap or relative scaling make no sense");
}

}  // namespace

WordCloud lay_out_cloud(std::string scene, std::span<const WeightedWord> words, const Palette& palette,
                        const CloudOptions& options) {
    check(words, options);
    WordCloud cloud{std::move(scene), options.size, options.seed, options.font, {}, {}};
    const std::size_t drawn = options.words == 0 ? words.size() : std::min<std::size_t>(options.words, words.size());
    if (drawn > 0) CloudLayout(words.first(drawn), options, palette).run(cloud);
    for (const WeightedWord& word : words.subspan(drawn))
        cloud.unplaced.push_back({word.semantic, word.word, word.weight,
                                  fmt::format("not among the {} heaviest (figures.words)", options.words)});
    return cloud;
}

}  // namespace semscope::figures
