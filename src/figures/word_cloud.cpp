#include "semscope/figures/word_cloud.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/core/json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

namespace semscope::figures {
namespace {

/// Percentile of ascending values, interpolated linearly between neighbours ("type 7").
double percentile_of(const std::vector<double>& ascending, double percentile) {
    const double place = percentile / 100 * static_cast<double>(ascending.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, ascending.size() - 1);
    return std::lerp(ascending[below], ascending[above], place - static_cast<double>(below));
}

/// Classes with a positive value, largest first.
std::vector<std::size_t> positive_classes(std::span<const double> values) {
    std::vector<std::size_t> classes;
    for (std::size_t s = 1; s < values.size(); ++s) {
        if (std::isinf(values[s])) throw InputError(fmt::format("the value of class {} is infinite", s));
        if (values[s] > 0) classes.push_back(s);
    }
    std::stable_sort(classes.begin(), classes.end(),
                     [&](std::size_t one, std::size_t other) { return values[one] > values[other]; });
    return classes;
}

}  // namespace

std::vector<WeightedWord> cloud_weights(std::span<const double> values, std::span<const std::string> names,
                                        double percentile) {
    if (values.size() != names.size())
        throw InputError(fmt::format("{} values for {} class names", values.size(), names.size()));
    if (!(percentile >= 0 && percentile <= 100))
        throw UsageError(fmt::format("a percentile of {} is outside 0 to 100", percentile));
    const std::vector<std::size_t> classes = positive_classes(values);
    if (classes.empty()) return {};
    const double unit = std::max(values[classes.back()], least_weight_unit);
    std::vector<double> weights;
    weights.reserve(classes.size());
    for (const std::size_t s : classes) weights.push_back(std::ceil(values[s] / unit));
    const double least = percentile_of({weights.rbegin(), weights.rend()}, percentile);
    std::vector<WeightedWord> words;
    for (std::size_t i = 0; i < classes.size(); ++i)
        words.push_back({classes[i], short_name(names[classes[i]]), std::max(weights[i], least)});
    return words;
}

Picture draw_word_cloud(WordCloud cloud) {
    const auto shared = std::make_shared<const WordCloud>(std::move(cloud));
    const auto draw = [shared](Canvas& canvas) {
        for (const PlacedWord& word : shared->words) {
            const Group group(canvas, {"word",
                                       fmt::format("{}: weight {}", word.word, exact(word.weight)),
                                       {{"word", word.word},
                                        {"semantic", fmt::format("{}", word.semantic)},
                                        {"weight", exact(word.weight)},
                                        {"font-size", exact(word.font_size)}}});
            for (const PlacedLine& line : word.lines)
                canvas.text(line.baseline, line.text,
                            {.font = {shared->font, word.font_size, false}, .colour = word.colour});
        }
    };
    return {shared->size, shared->scene, draw};
}

std::string cloud_json(const WordCloud& cloud) {
    using Json = nlohmann::ordered_json;
    Json words = Json::array(), unplaced = Json::array();
    for (const PlacedWord& word : cloud.words) {
        Json lines = Json::array();
        for (const PlacedLine& line : word.lines) lines.push_back(printable(line.text));
        words.push_back({{"word", printable(word.word)},
                         {"semantic", word.semantic},
                         {"weight", word.weight},
                         {"font_size", word.font_size},
                         {"colour", hex(word.colour)},
                         {"lines", lines},
                         {"box", {word.box.x, word.box.y, word.box.width, word.box.height}},
                         {"placed", true}});
    }
    for (const UnplacedWord& word : cloud.unplaced)
        unplaced.push_back({{"word", printable(word.word)},
                            {"semantic", word.semantic},
                            {"weight", word.weight},
                            {"placed", false},
                            {"reason", word.reason}});
    const Json document{{"format", "semscope word cloud"},
                        {"scene", printable(cloud.scene)},
                        {"width", cloud.size.width},
                        {"height", cloud.size.height},
                        {"unit", "pt"},
                        {"seed", cloud.seed},
                        {"font", printable(cloud.font)},
                        {"words", words},
                        {"unplaced", unplaced}};
    return json_text(document);
}

}  // namespace semscope::figures
