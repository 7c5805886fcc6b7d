#include "semscope/app/placement.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>

namespace semscope::app {

namespace {

/// Host, device and share of the host, as format_place joins them.
struct Parts {
    std::string host;
    std::string device;
    std::string share;
};

Parts take_apart(const std::string& place) {
    const std::size_t first = place.find('\t');
    const std::size_t second = place.find('\t', first + 1);
    return {place.substr(0, first), place.substr(first + 1, second - first - 1), place.substr(second + 1)};
}

/// "cpu" for ranks that are all alike, else the device of each.
std::string name_devices(const std::vector<std::string>& devices) {
    const bool alike = std::all_of(devices.begin(), devices.end(), [&](const auto& d) { return d == devices.front(); });
    return alike ? devices.front() : fmt::format("{}", fmt::join(devices, " "));
}

}  // namespace

std::string visible_devices_setting() {
    for (const char* name : {"CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES"})
        if (const char* value = std::getenv(name)) return fmt::format("{}={}", name, value);
    return "";
}

std::string format_place(const Place& place) {
    const std::string device =
        place.visible.empty() ? place.device : fmt::format("{}[{}]", place.device, place.visible);
    return fmt::format("{}\t{}\t{} threads, {} decode workers", place.host, device, place.threads, place.loaders);
}

std::vector<std::string> describe_placement(const std::vector<std::string>& places) {
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < places.size();) {
        const Parts first = take_apart(places[begin]);
        std::vector<std::string> devices;
        std::size_t end = begin;
        for (; end < places.size(); ++end) {
            const Parts parts = take_apart(places[end]);
            if (parts.host != first.host || parts.share != first.share) break;
            devices.push_back(parts.device);
        }
        const std::string ranks =
            end - begin == 1 ? fmt::format("rank {}", begin) : fmt::format("ranks {}-{}", begin, end - 1);
        lines.push_back(fmt::format("{} -> {} -> {} ({}{})", ranks, first.host, name_devices(devices), first.share,
                                    end - begin == 1 ? "" : " each"));
        begin = end;
    }
    return lines;
}

}  // namespace semscope::app
