#include "cloud_grid.hpp"
#include "cloud_word.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/figures/word_cloud.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace semscope::figures {
namespace {

constexpr double size_unit = 0.5;       // points: font sizes are whole numbers of it, as the grid's pixels
constexpr double start_step = 0.94;     // from one tried size of the heaviest word to the next
constexpr int most_starts = 40;         // sizes of the heaviest word that are tried
constexpr std::uint32_t orders = 5;     // ways of searching that are tried at each size
constexpr double blank = 0.22;          // gap between words side by side, in font sizes of the later one
constexpr double leading = 0.05;        // the same for words one above the other
constexpr double largest_share = 0.55;  // of the height: the largest font size, unless one is given

/// The next font size that is not above `size`.
double whole_units(double size) { return std::floor(size / size_unit) * size_unit; }

std::size_t to_pixels(double points) { return static_cast<std::size_t>(std::ceil(points * cloud_scale)); }

/// A word, and where it is free to stand.
struct WordPlace {
    PlacedWord word;
    Bitmap covered;
    GridPlace place;
    std::size_t ink;  ///< pixels that its glyphs touch
};

/// What one way of placing the words has come to.
struct Attempt {
    std::vector<PlacedWord> words;
    std::vector<UnplacedWord> unplaced;
    std::uint32_t order = 0;  ///< how the search runs
    std::size_t ink = 0;
    Bitmap taken{0, 0};

    void add(WordPlace&& place) {
        taken.add(place.covered, place.place.x, place.place.y);
        ink += place.ink;
        words.push_back(std::move(place.word));
    }

    /// Fewer words are unplaced, or as many and the cloud is stronger.
    bool better_than(const Attempt& other) const {
        return unplaced.size() != other.unplaced.size() ? unplaced.size() < other.unplaced.size()
                                                        : strength() > other.strength();
    }

    /// Ink counts, and so do differences of size: the more, the better.
    double strength() const {
        return words.empty() ? 0
                             : static_cast<double>(ink) * std::sqrt(words.front().font_size / words.back().font_size);
    }
};

class CloudLayout {
  public:
    CloudLayout(std::span<const WeightedWord> words, const CloudOptions& options, const Palette& palette)
        : words_(words),
          options_(options),
          palette_(palette),
          largest_(options.largest > 0 ? options.largest
                                       : std::max(options.smallest, whole_units(largest_share * options.size.height))),
          grid_(options.size, to_pixels(std::max(options.gap, blank * largest_))) {
        for (const WeightedWord& word : words) ways_.push_back(ways_to_write(word.word, options.font));
    }

    /// Fills `cloud` with the best attempt. Sizes of the heaviest word fall from the largest at which it fits alone, as
    /// long as words are unplaced or the ink grows.
    void run(WordCloud& cloud) const {
        Attempt best = place_all(options_.smallest, 0, words_.size());
        std::size_t most_ink = 0;
        double start = largest_;
        bool better = true;
        for (int i = 0; i < most_starts && better && start >= options_.smallest; ++i) {
            better = false;
            double reached = 0;
            for (std::uint32_t order = 0; order < orders; ++order) {
                Attempt attempt = place_all(start, order, best.unplaced.size());
                if (!attempt.words.empty()) reached = std::max(reached, attempt.words.front().font_size);
                if (!attempt.unplaced.empty() || attempt.ink > most_ink) better = true;
                if (attempt.unplaced.empty()) most_ink = std::max(most_ink, attempt.ink);
                if (attempt.better_than(best)) best = std::move(attempt);
            }
            start = start_step * std::min(start, reached);
        }
        centre(best);
        cloud.words = std::move(best.words);
        cloud.unplaced = std::move(best.unplaced);
    }

  private:
    /// Places the words, heaviest first. A word goes on from the size of the one before it, as its weight asks, and
    /// shrinks until it fits. Ends where more than `most_unplaced` words are unplaced: it is not the best one then.
    Attempt place_all(double start, std::uint32_t order, std::size_t most_unplaced) const {
        Attempt attempt;
        attempt.order = order;
        attempt.taken = grid_.empty();
        double size = start;
        for (std::size_t i = 0; i < words_.size() && attempt.unplaced.size() <= most_unplaced; ++i) {
            if (i > 0) size *= 1 - options_.relative_scaling * (1 - words_[i].weight / words_[i - 1].weight);
            size = std::max(whole_units(size), options_.smallest);
            if (auto place = shrunk_place(attempt, i, size)) {
                size = place->word.font_size;
                attempt.add(*std::move(place));
            } else {
                size = options_.smallest;
                attempt.unplaced.push_back({words_[i].semantic, words_[i].word, words_[i].weight,
                                            fmt::format("no room left at {:.1f} pt", size)});
            }
        }
        return attempt;
    }

    /// A place for the word at the largest size up to `size` that halving finds to fit, if the smallest size fits.
    std::optional<WordPlace> shrunk_place(const Attempt& attempt, std::size_t index, double size) const {
        auto first = free_place(attempt, index, size);
        if (first || size <= options_.smallest) return first;
        const auto shrunk = [&](int units) { return std::max(size - units * size_unit, options_.smallest); };
        int fails = 0, fits = static_cast<int>(std::ceil((size - options_.smallest) / size_unit));
        std::optional<WordPlace> best = free_place(attempt, index, options_.smallest);
        while (best && fits - fails > 1) {
            const int middle = (fails + fits) / 2;
            auto place = free_place(attempt, index, shrunk(middle));
            (place ? fits : fails) = middle;
            if (place) best = std::move(place);
        }
        return best;
    }

    /// On one line or, where that finds no room, on two.
    std::optional<WordPlace> free_place(const Attempt& attempt, std::size_t index, double size) const {
        for (const std::vector<std::string>& lines : ways_[index])
            if (auto place = free_place(attempt, index, size, lines)) return place;
        return std::nullopt;
    }

    std::optional<WordPlace> free_place(const Attempt& attempt, std::size_t index, double size,
                                        const std::vector<std::string>& lines) const {
        CloudWord word = cloud_word(lines, options_.font, size);
        if (word.box.width > options_.size.width || word.box.height > options_.size.height) return std::nullopt;
        // Side by side, words need a gap that looks like a blank, or they read as one.
        GridShape shape{std::move(word.covered), to_pixels(std::max(options_.gap, blank * size)),
                        to_pixels(std::max(options_.gap, leading * size))};
        const auto found =
            grid_.find(attempt.taken, shape, {options_.seed, static_cast<std::uint32_t>(index), attempt.order});
        if (!found) return std::nullopt;
        const Point corner = grid_.point(*found);
        for (PlacedLine& line : word.lines) line.baseline = {line.baseline.x + corner.x, line.baseline.y + corner.y};
        const WeightedWord& source = words_[index];
        return WordPlace{{source.semantic,
                          source.word,
                          source.weight,
                          size,
                          palette_.text(source.semantic),
                          std::move(word.lines),
                          {word.box.x + corner.x, word.box.y + corner.y, word.box.width, word.box.height}},
                         std::move(shape.covered),
                         *found,
                         word.pixels.count()};
    }

    /// With few words, what fits best near the middle may lie askew.
    void centre(Attempt& attempt) const {
        const Point by = grid_.shift_to_middle(attempt.taken);
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
    double largest_;
    CloudGrid grid_;
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
