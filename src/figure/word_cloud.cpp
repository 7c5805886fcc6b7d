#include "semscope/figure/word_cloud.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

namespace semscope::figure {

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
            canvas.text(word.baseline, word.word,
                        {.font = {shared->font, word.font_size, false}, .colour = word.colour});
        }
    };
    return {shared->size, shared->scene, draw};
}

std::string cloud_json(const WordCloud& cloud) {
    using Json = nlohmann::ordered_json;
    Json words = Json::array(), unplaced = Json::array();
    for (const PlacedWord& word : cloud.words)
        words.push_back({{"word", printable(word.word)},
                         {"semantic", word.semantic},
                         {"weight", word.weight},
                         {"font_size", word.font_size},
                         {"colour", hex(word.colour)},
                         {"box", {word.box.x, word.box.y, word.box.width, word.box.height}},
                         {"placed", true}});
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
    return document.dump(2) + "\n";
}

}  // namespace semscope::figure
