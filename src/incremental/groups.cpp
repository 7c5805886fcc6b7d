#include "groups.hpp"

#include <algorithm>

namespace semscope::incremental {

using network::Forward;

namespace {

/// Forwards of one photo, of which the first need not be the photo itself.
using Part = std::span<const Forward>;

std::size_t size_of(Part part) { return part.size() + (part.front().is_photo() ? 0 : 1); }

/// The forwards of the first photo.
Part first_photo(std::span<const Forward> forwards) {
    const auto end = std::find_if(forwards.begin(), forwards.end(),
                                  [&](const Forward& each) { return each.slot != forwards.front().slot; });
    return forwards.first(static_cast<std::size_t>(end - forwards.begin()));
}

/// Photos, those with more forwards than `most` in parts of the same size.
std::vector<Part> parts_of(std::span<const Forward> forwards, std::size_t most) {
    std::vector<Part> parts;
    while (!forwards.empty()) {
        const Part photo = first_photo(forwards);
        forwards = forwards.subspan(photo.size());
        const std::size_t variants = size_of(photo) - 1;
        const std::size_t own = photo.size() - variants;  // 1 where the photo itself is there
        const std::size_t count = std::max<std::size_t>(1, (variants + most - 2) / (most - 1));
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t begin = i == 0 ? 0 : own + variants * i / count;
            parts.push_back(photo.subspan(begin, own + variants * (i + 1) / count - begin));
        }
    }
    return parts;
}

/// How many of the parts, in their order, each group gets that holds at most so many forwards.
std::vector<std::size_t> fill(const std::vector<Part>& parts, std::size_t most) {
    std::vector<std::size_t> counts;
    std::size_t size = 0;  // of the last group
    for (const Part& part : parts) {
        if (counts.empty() || size + size_of(part) > most) {
            counts.push_back(0);
            size = 0;
        }
        ++counts.back();
        size += size_of(part);
    }
    return counts;
}

}  // namespace

std::size_t fill_groups(std::span<const Forward> queue, const GroupLimits& limits) {
    if (queue.empty()) return 0;
    const std::size_t most = std::max(smallest_group, limits.forwards);
    const Part first = first_photo(queue);
    if (size_of(first) > most) {
        // Each group begins with the photo.
        const std::size_t variants = limits.at_once * (most - 1);
        return std::min(first.size(), variants + (first.front().is_photo() ? 1 : 0));
    }
    std::size_t taken = 0;
    std::size_t group = 0;  // forwards in the last group
    for (std::size_t groups = 1; taken < queue.size();) {
        const Part photo = first_photo(queue.subspan(taken));
        const std::size_t size = size_of(photo);
        if (taken > 0 && group + size > limits.forwards) {
            if (groups == limits.at_once || size > limits.forwards) break;
            ++groups;
            group = 0;
        }
        group += size;
        taken += photo.size();
    }
    return taken;
}

std::vector<std::vector<Forward>> divide(std::span<const Forward> forwards, const GroupLimits& limits) {
    const std::size_t most = std::max<std::size_t>(2, limits.forwards);
    const std::vector<Part> parts = parts_of(forwards, most);
    // The smallest groups that are as few as run at once.
    std::size_t largest = std::min(most, std::max(smallest_group, (forwards.size() - 1) / limits.at_once + 1));
    while (largest < most && fill(parts, largest).size() > limits.at_once) ++largest;
    std::vector<std::vector<Forward>> groups;
    auto part = parts.begin();
    for (const std::size_t count : fill(parts, largest)) {
        std::vector<Forward>& group = groups.emplace_back();
        for (const auto end = part + static_cast<std::ptrdiff_t>(count); part != end; ++part) {
            if (!part->front().is_photo()) group.push_back({part->front().slot});
            group.insert(group.end(), part->begin(), part->end());
        }
    }
    return groups;
}

}  // namespace semscope::incremental
