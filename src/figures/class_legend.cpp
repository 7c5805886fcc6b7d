#include "panel_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace semscope::figures {
namespace {

constexpr double text_size = 8;
constexpr double row = 13;
constexpr double swatch_width = 12;
constexpr double swatch_height = 8;
constexpr double beside_swatch = 4;
constexpr double between = 14;
constexpr double above = 8;
constexpr Rgb frame{90, 90, 90};

/// The classes that some panel has a region of without a name, ascending.
std::vector<std::uint16_t> classes_to_number(const std::vector<PanelParts*>& all) {
    std::vector<std::uint16_t> classes;
    for (const PanelParts* parts : all) {
        const auto own = unnamed_classes(parts->panel.labels, parts->names);
        classes.insert(classes.end(), own.begin(), own.end());
    }
    std::sort(classes.begin(), classes.end());
    classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
    return classes;
}

bool shows_unseen(const PanelParts& parts) {
    const auto& unseen = parts.panel.unseen;
    return std::any_of(parts.panel.labels.labels.begin(), parts.panel.labels.labels.end(),
                       [&](std::uint16_t label) { return label < unseen.size() && unseen[label]; });
}

}  // namespace

ClassLegend::ClassLegend(std::vector<PanelParts*> all, const Palette& palette, double width, std::string font)
    : width_(width), font_(std::move(font)) {
    const auto& names = all.front()->panel.names;
    std::vector<std::size_t> number_of(names.size());
    std::size_t number = 0;
    for (const std::uint16_t label : classes_to_number(all)) {
        number_of[label] = ++number;
        add({Entry::Sign::colour, palette.area(label), fmt::format("{}  {}", number, short_name(names[label])), {}});
    }
    for (PanelParts* parts : all) {
        NameOptions options = parts->name_options();
        options.largest = text_size;
        options.smallest = 5;
        options.rim = 1;
        parts->numbers = place_numbers(parts->panel.labels, parts->names, number_of, options);
    }
    const auto any = [&](auto&& condition) {
        return std::any_of(all.begin(), all.end(), [&](const PanelParts* parts) { return condition(*parts); });
    };
    if (any(shows_unseen)) add({Entry::Sign::hatching, {}, "not seen by the network", {}});
    if (any([](const PanelParts& parts) { return parts.panel.photo && parts.panel.seen; }))
        add({Entry::Sign::frame, {}, "what the network saw", {}});
}

void ClassLegend::add(Entry entry) {
    const auto end_of = [this](const Entry& each) {
        return each.place.x + swatch_width + beside_swatch + measure(each.text, {font_, text_size, false}).width;
    };
    if (!entries_.empty()) {
        entry.place = {end_of(entries_.back()) + between, entries_.back().place.y};
        if (end_of(entry) > width_) entry.place = {0, entry.place.y + row};
    }
    entries_.push_back(std::move(entry));
}

double ClassLegend::height() const { return entries_.empty() ? 0 : above + entries_.back().place.y + row; }

void ClassLegend::draw(Canvas& canvas, Point corner) const {
    const Group group(canvas, {"legend", "", {}});
    for (const Entry& entry : entries_) {
        const Rect swatch{corner.x + entry.place.x, corner.y + above + entry.place.y, swatch_width, swatch_height};
        if (entry.sign == Entry::Sign::colour) canvas.rectangle(swatch, {entry.colour, Pen{frame, 0.4, {}}});
        if (entry.sign == Entry::Sign::frame) canvas.rectangle(swatch, {{}, Pen{black, 0.8, {3, 2}}});
        if (entry.sign == Entry::Sign::hatching) {
            canvas.rectangle(swatch, {Rgb{222, 222, 222}, {}});
            for (double x = 0; x < swatch_width - 3; x += 4)
                canvas.line({swatch.x + x, swatch.bottom()}, {swatch.x + x + 4, swatch.y},
                            {Rgb{150, 150, 150}, 1.3, {}});
        }
        canvas.text({swatch.right() + beside_swatch, swatch.bottom() - 0.8}, entry.text,
                    {.font = {font_, text_size, false}});
    }
}

}  // namespace semscope::figures
