#include "semscope/results/identity.hpp"

#include "semscope/base/digest.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace semscope::results {

namespace {

std::uint64_t count_done(const OcclusionReader& file) {
    constexpr std::uint64_t block = std::uint64_t{1} << 20;
    std::uint64_t done = 0;
    for (std::uint64_t begin = 0; begin < file.images(); begin += block) {
        const auto status = file.image_status({begin, std::min(file.images(), begin + block)});
        done += static_cast<std::uint64_t>(
            std::count(status.begin(), status.end(), static_cast<std::uint8_t>(ImageStatus::done)));
    }
    return done;
}

}  // namespace

std::string identity_of(const OcclusionReader& file) {
    std::string text;
    for (const char* name : {"configuration_digest", "model_sha256", "image_list_sha256", "created"})
        text += fmt::format("{} = {}\n", name, file.attribute(name));
    text += fmt::format("images = {}\nvariants = {}\nscenes = {}\nsemantics = {}\ndone = {}\n", file.images(),
                        file.variants(), file.scenes(), file.semantics(), count_done(file));
    return sha256_of_text(text);
}

bool made_from(const StatisticsReader& statistics, const OcclusionReader& occlusion) {
    return statistics.attribute("occlusion_identity") == identity_of(occlusion);
}

}  // namespace semscope::results
