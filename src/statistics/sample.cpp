#include "semscope/statistics/sample.hpp"

#include "semscope/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace semscope::statistics {

void SceneSamples::add(std::uint32_t image, std::span<const std::uint16_t> semantic, std::span<const float> value) {
    ++images_;
    for (std::size_t i = 0; i < semantic.size(); ++i) {
        if (semantic[i] >= semantics())
            throw InputError(
                fmt::format("image {} has the semantic class {}, but there are {}", image, semantic[i], semantics()));
        entries_.push_back({image, value[i], semantic[i]});
        ++offset_[semantic[i] + std::size_t{1}];
    }
}

void SceneSamples::finish() {
    const auto key = [](const Entry& entry) { return std::tuple(entry.semantic, entry.image); };
    const auto before = [key](const Entry& a, const Entry& b) { return key(a) < key(b); };
    const auto same = [key](const Entry& a, const Entry& b) { return key(a) == key(b); };
    std::sort(entries_.begin(), entries_.end(), before);
    const auto twice = std::adjacent_find(entries_.begin(), entries_.end(), same);
    if (twice != entries_.end())
        throw InputError(fmt::format("image {} has the semantic class {} twice", twice->image, twice->semantic));

    for (std::size_t s = 1; s < offset_.size(); ++s) offset_[s] += offset_[s - 1];
    value_.reserve(entries_.size());
    image_.reserve(entries_.size());
    for (const Entry& entry : entries_) {
        value_.push_back(entry.value);
        image_.push_back(entry.image);
    }
    entries_ = {};
}

SparseSample SceneSamples::sample(std::size_t s) const {
    return {std::span(value_).subspan(offset_[s], offset_[s + 1] - offset_[s]), images_};
}

}  // namespace semscope::statistics
