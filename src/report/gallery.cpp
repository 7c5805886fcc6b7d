#include "gallery.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace semscope::report {

const char* name_of(Gallery gallery) {
    constexpr std::array names{"correct", "missed", "wrong", "unknown"};
    return names.at(static_cast<std::size_t>(gallery));
}

std::vector<std::uint64_t> choose_evenly(std::vector<std::uint64_t> values, std::uint64_t most) {
    const std::uint64_t count = values.size();
    if (most == 0 || count <= most) return values;
    for (std::uint64_t i = 0; i < most; ++i) values[i] = values[(2 * i + 1) * count / (2 * most)];
    values.resize(most);
    return values;
}

std::vector<SceneGalleries> choose_galleries(const Predictions& predictions, std::size_t scenes, std::uint64_t most) {
    std::vector<SceneGalleries> galleries(scenes);
    const auto add = [&](std::int32_t scene, Gallery gallery, std::uint64_t image) {
        galleries.at(static_cast<std::size_t>(scene)).images[static_cast<std::size_t>(gallery)].push_back(image);
    };
    for (std::uint64_t image = 0; image < predictions.truth.size(); ++image) {
        const std::int32_t truth = predictions.truth[image], predicted = predictions.predicted[image];
        if (predicted < 0) continue;
        if (truth == predicted) {
            add(predicted, Gallery::correct, image);
            continue;
        }
        add(predicted, truth < 0 ? Gallery::unknown : Gallery::wrong, image);
        if (truth >= 0) add(truth, Gallery::missed, image);
    }
    for (SceneGalleries& scene : galleries)
        for (std::size_t g = 0; g < gallery_count; ++g) {
            scene.total[g] = scene.images[g].size();
            scene.images[g] = choose_evenly(std::move(scene.images[g]), most);
        }
    return galleries;
}

std::vector<std::uint64_t> images_of(std::span<const SceneGalleries> galleries) {
    std::vector<std::uint64_t> images;
    for (const SceneGalleries& scene : galleries)
        for (const auto& gallery : scene.images) images.insert(images.end(), gallery.begin(), gallery.end());
    std::sort(images.begin(), images.end());
    images.erase(std::unique(images.begin(), images.end()), images.end());
    return images;
}

std::vector<Confusion> confusions(const Predictions& predictions) {
    std::map<std::pair<std::int32_t, std::int32_t>, std::uint64_t> counts;
    for (std::size_t i = 0; i < predictions.truth.size(); ++i) {
        const std::pair key{predictions.truth[i], predictions.predicted[i]};
        if (key.first >= 0 && key.second >= 0 && key.first != key.second) ++counts[key];
    }
    std::vector<Confusion> pairs;
    pairs.reserve(counts.size());
    for (const auto& [key, images] : counts)
        pairs.push_back({static_cast<std::uint32_t>(key.first), static_cast<std::uint32_t>(key.second), images});
    std::stable_sort(pairs.begin(), pairs.end(),
                     [](const Confusion& a, const Confusion& b) { return a.images > b.images; });
    return pairs;
}

}  // namespace semscope::report
