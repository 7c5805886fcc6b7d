#include "semscope/data/label_coding.hpp"

#include "class_names.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/text.hpp"
#include "semscope/data/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <utility>

namespace semscope::data {

namespace {

/// A value that means nothing in its encoding; no class has this number.
constexpr std::uint16_t no_class = 0xffff;

/// The ids of Cityscapes that are evaluated, in the order of their train ids 0 .. 18, which are classes 1 .. 19.
constexpr std::array<std::uint8_t, 19> cityscapes_ids{7,  8,  11, 12, 13, 17, 19, 20, 21, 22,
                                                      23, 24, 25, 26, 27, 28, 31, 32, 33};
constexpr std::size_t cityscapes_last_id = 33;

std::uint16_t label_of_index(unsigned value, const LabelCoding& coding, int bits) {
    const unsigned label = (value + static_cast<unsigned>(coding.offset)) & ((1U << bits) - 1);
    return static_cast<std::uint16_t>(label == static_cast<unsigned>(coding.unlabelled) ? 0 : label);
}

std::array<std::uint16_t, 256> table_of_bytes(const LabelCoding& coding) {
    std::array<std::uint16_t, 256> table{};
    if (coding.encoding == LabelEncoding::index) {
        for (unsigned value = 0; value < table.size(); ++value) table[value] = label_of_index(value, coding, 8);
        return table;
    }
    table.fill(no_class);
    std::fill_n(table.begin(), cityscapes_last_id + 1, std::uint16_t{0});
    for (std::size_t i = 0; i < cityscapes_ids.size(); ++i)
        table[cityscapes_ids[i]] = static_cast<std::uint16_t>(i + 1);
    return table;
}

std::uint32_t rgb_of(unsigned red, unsigned green, unsigned blue) { return red << 16 | green << 8 | blue; }

/// The next number of 0 .. 255 in a text, which is cut from it; nothing when there is none.
std::optional<unsigned> take_channel(std::string_view& text) {
    text = trim(text);
    const std::string_view word = text.substr(0, text.find_first_of(" \t,"));
    unsigned value = 256;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size() || value > 255) return std::nullopt;
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    return value;
}

std::string place_of(std::size_t pixel, ImageSize size) {
    const auto width = static_cast<std::size_t>(size.width);
    return fmt::format("column {}, row {}", pixel % width, pixel / width);
}

void require_three_channels(const StoredLabels& stored, const char* encoding) {
    if (stored.channels == 3 && stored.bits == 8) return;
    throw InputError(fmt::format("has {} of {} bits where labels.encoding = {} expects red, green and blue of 8 bits",
                                 stored.indexed         ? "a palette"
                                 : stored.channels == 1 ? "one channel"
                                                        : "three channels",
                                 stored.bits, encoding));
}

}  // namespace

int label_bits(std::size_t semantics) { return semantics <= 256 ? 8 : 16; }

std::uint16_t stored_value(std::uint16_t semantic, const LabelCoding& coding, int bits) {
    const int value = (semantic == 0 ? coding.unlabelled : int{semantic}) - coding.offset;
    return static_cast<std::uint16_t>(static_cast<unsigned>(value) & ((1U << bits) - 1));
}

void require_codable(const LabelCoding& coding, std::size_t semantics) {
    if (coding.encoding != LabelEncoding::index)
        throw UsageError(
            fmt::format("label maps are written with labels.encoding = index alone, not {}", name_of(coding.encoding)));
    if (coding.unlabelled != 0 && static_cast<std::size_t>(coding.unlabelled) < semantics)
        throw UsageError(fmt::format("labels.unlabelled = {} is also the index of one of the {} classes",
                                     coding.unlabelled, semantics - 1));
    if (coding.unlabelled >= 1 << label_bits(semantics))
        throw UsageError(fmt::format("labels.unlabelled = {} does not fit into the {} bits of label maps of {} classes",
                                     coding.unlabelled, label_bits(semantics), semantics - 1));
}

LabelDecoder::LabelDecoder(const LabelCoding& coding, std::span<const std::string> semantics)
    : coding_(coding), known_(semantics.size()), bytes_(table_of_bytes(coding)) {
    for (std::size_t s = 0; s < semantics.size(); ++s) known_[s] = s == 0 || semantics[s] != unnamed_class(s);
    if (coding.encoding == LabelEncoding::cityscapes_ids && semantics.size() != cityscapes_ids.size() + 1)
        throw UsageError(
            fmt::format("labels.encoding = cityscapes-ids gives the {} classes that are evaluated, but "
                        "data.semantics has {}; use config/cityscapes.txt, or labels.encoding = index with "
                        "labels.offset = 0 and a table of all ids",
                        cityscapes_ids.size(), semantics.size() - 1));
    if (coding.encoding != LabelEncoding::colours) {
        if (!coding.colours.empty())
            throw UsageError(fmt::format("labels.colours is a table for labels.encoding = colours, but that is {}",
                                         name_of(coding.encoding)));
        return;
    }
    if (coding.colours.empty())
        throw UsageError("labels.encoding = colours needs a table \"red green blue class\": set labels.colours");
    Problems problems;
    for (const Line& line : read_lines(coding.colours)) {
        std::string_view rest = line.text;
        const auto red = take_channel(rest), green = take_channel(rest), blue = take_channel(rest);
        if (!red || !green || !blue || trim(rest).empty()) {
            problems.add(fmt::format("{}: expected \"red green blue class\", found {}", position(coding.colours, line),
                                     quote(line.text)));
            continue;
        }
        problems.collect([&] {
            try {
                colours_.push_back({rgb_of(*red, *green, *blue), class_of(std::string(trim(rest)), semantics)});
            } catch (const InputError& error) {
                throw InputError(fmt::format("{}: {}", position(coding.colours, line), error.what()));
            }
        });
    }
    const auto before = [](const Colour& a, const Colour& b) { return a.rgb < b.rgb; };
    const auto same = [](const Colour& a, const Colour& b) { return a.rgb == b.rgb; };
    std::stable_sort(colours_.begin(), colours_.end(), before);
    if (const auto twice = std::adjacent_find(colours_.begin(), colours_.end(), same); twice != colours_.end())
        problems.add(fmt::format("{}: the colour {} {} {} occurs twice", coding.colours.string(), twice->rgb >> 16,
                                 twice->rgb >> 8 & 255, twice->rgb & 255));
    problems.throw_if_any();
}

LabelStorage LabelDecoder::storage() const noexcept {
    return coding_.encoding == LabelEncoding::colours ? LabelStorage::colours : LabelStorage::values;
}

/// Throws InputError when the file has no such channel.
std::size_t LabelDecoder::channel_of(const StoredLabels& stored) const {
    const LabelChannel channel =
        coding_.encoding == LabelEncoding::index ? coding_.channel : LabelChannel::gray;  // labelIds have one
    // A program that shrinks PNG files may have made a palette of an RGB label map: then the class stands in the
    // colour, and the index means nothing. So the user says which it is.
    if (stored.indexed && channel != LabelChannel::gray)
        throw InputError(
            "is a PNG with a palette; with labels.channel = gray its indices are the classes. If its colours are, "
            "describe them with labels.encoding = colours");
    if (stored.channels == 1) return 0;
    switch (channel) {
        case LabelChannel::red:
            return 0;
        case LabelChannel::green:
            return 1;
        case LabelChannel::blue:
            return 2;
        case LabelChannel::gray:
            break;
    }
    throw InputError(fmt::format(
        "has {} channels where {} expects one", stored.channels,
        coding_.encoding == LabelEncoding::index ? "labels.channel = gray" : "labels.encoding = cityscapes-ids"));
}

/// Every label of the map is below S and no gap; `highest` is the largest of them.
void LabelDecoder::require_known(std::uint16_t highest, const LabelMap& map) const {
    const bool gaps = std::find(known_.begin(), known_.end(), false) != known_.end();
    if (highest < known_.size() && !gaps) return;
    for (std::size_t i = 0; i < map.labels.size(); ++i) {
        const std::uint16_t label = map.labels[i];
        if (label < known_.size() && known_[label]) continue;
        std::string text = fmt::format("class {} is not in the table of {} classes (see data.semantics and labels.*); ",
                                       label, known_.size() - 1);
        if (label < known_.size()) text = fmt::format("class {} is a gap in the numbers of data.semantics; ", label);
        text += fmt::format("first at {}", place_of(i, map.size));
        if (coding_.encoding == LabelEncoding::index)
            text += fmt::format("; where this value means no class, set labels.unlabelled = {}", label);
        throw InputError(text);
    }
}

LabelMap LabelDecoder::decode(const StoredLabels& stored) const {
    switch (coding_.encoding) {
        case LabelEncoding::ade20k_full:
            return decode_ade20k(stored);
        case LabelEncoding::colours:
            return decode_colours(stored);
        case LabelEncoding::index:
        case LabelEncoding::cityscapes_ids:
            break;
    }
    return decode_index(stored);
}

LabelMap LabelDecoder::decode_index(const StoredLabels& stored) const {
    const std::size_t channel = channel_of(stored);
    const auto channels = static_cast<std::size_t>(stored.channels);
    const bool ids = coding_.encoding == LabelEncoding::cityscapes_ids;
    if (ids && stored.bits != 8) throw InputError("has 16 bits where labels.encoding = cityscapes-ids expects 8");
    LabelMap map{stored.size, std::vector<std::uint16_t>(stored.bytes.size() / channels * 8 /
                                                         static_cast<std::size_t>(stored.bits))};
    for (std::size_t i = 0; i < map.labels.size(); ++i) {
        const std::size_t place = i * channels + channel;
        map.labels[i] =
            stored.bits == 8 ? bytes_[stored.bytes[place]] : label_of_index(stored.value(place), coding_, 16);
    }
    const auto highest = std::max_element(map.labels.begin(), map.labels.end());
    if (highest == map.labels.end()) return map;
    if (ids && *highest == no_class) {
        const auto pixel = static_cast<std::size_t>(highest - map.labels.begin());
        throw InputError(
            fmt::format("{} is no id of Cityscapes, 0 to {}; first at {} (files of train ids need "
                        "labels.encoding = index)",
                        stored.value(pixel), cityscapes_last_id, place_of(pixel, map.size)));
    }
    require_known(*highest, map);
    return map;
}

LabelMap LabelDecoder::decode_ade20k(const StoredLabels& stored) const {
    require_three_channels(stored, "ade20k-full");
    LabelMap map{stored.size, std::vector<std::uint16_t>(stored.bytes.size() / 3)};
    std::uint16_t highest = 0;
    for (std::size_t i = 0; i < map.labels.size(); ++i) {
        map.labels[i] = static_cast<std::uint16_t>(stored.bytes[3 * i] / 10 * 256 + stored.bytes[3 * i + 1]);
        highest = std::max(highest, map.labels[i]);
    }
    require_known(highest, map);
    return map;
}

LabelMap LabelDecoder::decode_colours(const StoredLabels& stored) const {
    LabelMap map{stored.size, std::vector<std::uint16_t>(stored.bytes.size() / 3)};
    Colour last{~0U, 0};  // neighbours mostly have one colour
    for (std::size_t i = 0; i < map.labels.size(); ++i) {
        const std::uint8_t* const pixel = &stored.bytes[3 * i];
        const std::uint32_t rgb = rgb_of(pixel[0], pixel[1], pixel[2]);
        if (rgb != last.rgb) {
            const auto found =
                std::lower_bound(colours_.begin(), colours_.end(), rgb,
                                 [](const Colour& colour, std::uint32_t key) { return colour.rgb < key; });
            if (found == colours_.end() || found->rgb != rgb)
                throw InputError(fmt::format("the colour {} {} {} is not in {}; first at {}", pixel[0], pixel[1],
                                             pixel[2], coding_.colours.string(), place_of(i, map.size)));
            last = *found;
        }
        map.labels[i] = last.semantic;
    }
    return map;
}

}  // namespace semscope::data
