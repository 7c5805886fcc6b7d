#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// Which images a report shows, and in which galleries.
namespace semscope::report {

/// What is known of every image: its scene and what was predicted.
struct Predictions {
    std::vector<std::int32_t> truth;      ///< [N] true scene, -1 unknown
    std::vector<std::int32_t> predicted;  ///< [N] predicted scene, -1 for an image that is not done
};

/// The kinds of images on the page of a scene.
enum class Gallery : std::uint8_t {
    correct,  ///< of the scene, and predicted as it
    missed,   ///< of the scene, and predicted as another
    wrong,    ///< of another scene, and predicted as this one
    unknown,  ///< predicted as the scene; the true scene is not known
};
inline constexpr std::size_t gallery_count = 4;

/// "correct", "missed", "wrong", "unknown".
const char* name_of(Gallery gallery);

/// The galleries of a scene, by Gallery.
struct SceneGalleries {
    std::array<std::vector<std::uint64_t>, gallery_count> images;  ///< those shown, ascending
    std::array<std::uint64_t, gallery_count> total{};              ///< how many there are
};

/// The galleries of every scene, with at most `most` images each (0 = all). Local, pure.
std::vector<SceneGalleries> choose_galleries(const Predictions& predictions, std::size_t scenes, std::uint64_t most);

/// The images that stand in any gallery, each once, ascending. Local, pure.
std::vector<std::uint64_t> images_of(std::span<const SceneGalleries> galleries);

/// `most` of the values, evenly spread: the middle ones of `most` parts of equal length. All of them when there are not
/// more, or when `most` is 0. Local, pure.
std::vector<std::uint64_t> choose_evenly(std::vector<std::uint64_t> values, std::uint64_t most);

/// Images of one true scene that were predicted as one scene.
struct Confusion {
    std::uint32_t truth = 0;
    std::uint32_t predicted = 0;
    std::uint64_t images = 0;
    bool operator==(const Confusion&) const = default;
};

/// All pairs of different scenes that were confused, most images first, then by scenes. Local, pure.
std::vector<Confusion> confusions(const Predictions& predictions);

}  // namespace semscope::report
