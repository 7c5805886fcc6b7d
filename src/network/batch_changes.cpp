// What forwards of one photo show, and in which pixels two of them differ.
#include "batch_assembly.hpp"

#include "semscope/network/torch_access.hpp"

#include <algorithm>
#include <cstring>

namespace semscope::network {

/// What a forward shows of a class: 0 = the photo, else a number of its filling.
std::uint32_t BatchAssembly::shown_of(const Forward& forward, std::uint16_t label) const {
    if (forward.is_photo()) return 0;
    const bool is_member =
        label == forward.semantic || std::find(forward.also.begin(), forward.also.end(), label) != forward.also.end();
    if (is_member != (fill_.mode == Mode::remove)) return 0;
    // What stays decides on the noise around it.
    return fill_.fill == Fill::noise && fill_.mode == Mode::keep ? 1U + forward.semantic : 1U;
}

ShownClasses BatchAssembly::shown_classes(std::span<const Forward> forwards) const {
    const std::vector<std::uint16_t>& labels = samples_[static_cast<std::size_t>(forwards.front().slot)]->labels;
    std::vector<std::size_t> counts(std::size_t{*std::max_element(labels.begin(), labels.end())} + 1);
    for (const std::uint16_t label : labels) ++counts[label];
    ShownClasses classes;
    classes.shown.resize(forwards.size());
    for (std::size_t label = 0; label < counts.size(); ++label) {
        if (counts[label] == 0) continue;
        classes.pixels.push_back(counts[label]);
        for (std::size_t f = 0; f < forwards.size(); ++f)
            classes.shown[f].push_back(shown_of(forwards[f], static_cast<std::uint16_t>(label)));
    }
    return classes;
}

std::size_t BatchAssembly::find_changes(const Forward& forward, const Forward& base, std::uint8_t* dirty,
                                        float* to) const {
    const std::vector<std::uint16_t>& labels = samples_[static_cast<std::size_t>(forward.slot)]->labels;
    const auto of_photo = [from = photo(forward.slot)](std::int64_t pixel) {
        return std::array<float, 3>{from[3 * pixel], from[3 * pixel + 1], from[3 * pixel + 2]};
    };
    struct Shown {
        bool known = false;
        std::uint32_t own = 0, of_base = 0;
    };
    std::vector<Shown> of_label(std::size_t{*std::max_element(labels.begin(), labels.end())} + 1);
    std::size_t count = 0;
    for (std::int64_t pixel = 0; pixel < pixels(); ++pixel) {
        const std::uint16_t label = labels[static_cast<std::size_t>(pixel)];
        Shown& shown = of_label[label];
        if (!shown.known) shown = {true, shown_of(forward, label), shown_of(base, label)};
        dirty[pixel] = 0;
        if (shown.own == shown.of_base) continue;
        const auto own = shown.own != 0 ? filling_of(forward, pixel) : of_photo(pixel);
        const auto of_base = shown.of_base != 0 ? filling_of(base, pixel) : of_photo(pixel);
        // Bits are compared, so that one that is not a number counts as changed where it is another one.
        if (std::memcmp(own.data(), of_base.data(), sizeof own) == 0) continue;
        dirty[pixel] = 1;
        std::copy_n(own.data(), 3, to + 3 * count++);
    }
    return count;
}

}  // namespace semscope::network
