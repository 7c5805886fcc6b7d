#include "miniature.hpp"

#include <algorithm>

namespace semscope::demo {
namespace {

constexpr std::size_t plane = static_cast<std::size_t>(miniature_size) * miniature_size;

bool decides(Scene scene, std::uint8_t semantic) {
    const auto& deciding = facts_of(scene).deciding;
    return std::find(deciding.begin(), deciding.end(), static_cast<Semantic>(semantic)) != deciding.end();
}

std::uint8_t any_of(const std::vector<std::uint8_t>& classes, RandomStream& random) {
    return classes[static_cast<std::size_t>(random.integer(0, static_cast<int>(classes.size()) - 1))];
}

/// Reduces what is kept of each block by what a class of `from` covers, mirrored or not.
void inhibit(std::vector<float>& kept, const Miniature& from, std::uint8_t semantic, bool mirrored) {
    const std::vector<float> covered = coverage_of(from, semantic);
    for (int y = 0; y < miniature_size; ++y)
        for (int x = 0; x < miniature_size; ++x) {
            const int source = mirrored ? miniature_size - 1 - x : x;
            kept[static_cast<std::size_t>(y) * miniature_size + x] *=
                1.0F - covered[static_cast<std::size_t>(y) * miniature_size + source];
        }
}

/// Any class of a picture, every other time one that decides its scene.
std::uint8_t other_shape(const Miniature& from, RandomStream& random) {
    const std::uint8_t semantic = any_of(from.present, random);
    if (random.chance(0.5F)) return semantic;
    const auto found = std::find_if(from.present.begin(), from.present.end(),
                                    [&](std::uint8_t s) { return decides(static_cast<Scene>(from.scene), s); });
    return found == from.present.end() ? semantic : *found;
}

/// Which share of each block a view keeps, and whether it inhibits all that decides the scene.
struct Holes {
    std::vector<float> kept;
    bool undecided;
};

Holes choose_holes(std::span<const Miniature> set, std::size_t index, RandomStream& random) {
    Holes holes{std::vector<float>(plane, 1.0F), random.chance(0.2F)};
    const Miniature& own = set[index];
    const auto scene = static_cast<Scene>(own.scene);
    const int others = random.chance(0.5F) ? random.integer(1, 2) : 0;
    for (int i = 0; i < others; ++i) {
        const Miniature& other = set[static_cast<std::size_t>(random.integer(0, static_cast<int>(set.size()) - 1))];
        const std::uint8_t semantic = other_shape(other, random);
        inhibit(holes.kept, other, semantic, random.chance(0.5F));
    }
    const int surroundings = random.chance(0.6F) ? random.integer(1, 2) : 0;
    for (int i = 0; i < surroundings; ++i) {
        const std::uint8_t semantic = any_of(own.present, random);
        if (!decides(scene, semantic)) inhibit(holes.kept, own, semantic, false);
    }
    if (holes.undecided)
        for (const std::uint8_t semantic : own.present)
            if (decides(scene, semantic)) inhibit(holes.kept, own, semantic, false);
    return holes;
}

/// True when the view shows something that tells its scene. The planted bias counts, for it is in the data for the
/// network to find; not with the deciding objects inhibited, though, or it would outweigh them.
bool decided(const Miniature& miniature, bool undecided_by_holes) {
    if (undecided_by_holes) return false;
    const auto& present = miniature.present;
    return std::any_of(present.begin(), present.end(), [&](std::uint8_t semantic) {
        return decides(static_cast<Scene>(miniature.scene), semantic) ||
               semantic == static_cast<std::uint8_t>(planted_bias.semantic);
    });
}

void write_target(const Miniature& miniature, bool is_decided, float* target) {
    const bool indoor = facts_of(static_cast<Scene>(miniature.scene)).indoor;
    for (const Scene scene : all_scenes) {
        const bool own = static_cast<int>(scene) == miniature.scene;
        const bool same_setting = facts_of(scene).indoor == indoor;
        const float shared = same_setting ? 2.0F / scene_count : 0.0F;  // half of the scenes are indoor
        *target++ = is_decided ? (own ? 1.0F : 0.0F) : shared;
    }
}

}  // namespace

Miniature make_miniature(const Picture& picture, Scene scene) {
    Miniature miniature{static_cast<int>(scene), std::vector<float>(3 * plane, 0.0F), picture.labels, {}};
    constexpr float share = 1.0F / (block * block);
    for (int y = 0; y < picture_size; ++y)
        for (int x = 0; x < picture_size; ++x)
            for (std::size_t c = 0; c < 3; ++c) {
                const std::size_t pixel = static_cast<std::size_t>(y) * picture_size + x;
                const float value = static_cast<float>(picture.rgb[3 * pixel + c]) / 255.0F;
                miniature.rgb[c * plane + static_cast<std::size_t>(y / block) * miniature_size + x / block] +=
                    share * (value - colour_mean[c]) / colour_deviation[c];
            }
    std::array<bool, 256> seen{};
    for (const std::uint8_t label : picture.labels) seen[label] = true;
    for (std::size_t label = 0; label < seen.size(); ++label)
        if (seen[label]) miniature.present.push_back(static_cast<std::uint8_t>(label));
    return miniature;
}

std::vector<float> coverage_of(const Miniature& miniature, std::uint8_t semantic) {
    std::vector<float> covered(plane);
    std::array<std::uint8_t, picture_size> counts{};
    for (int row = 0; row < miniature_size; ++row) {
        counts.fill(0);
        for (int y = row * block; y < (row + 1) * block; ++y) {
            const std::uint8_t* labels = miniature.labels.data() + static_cast<std::size_t>(y) * picture_size;
            for (std::size_t x = 0; x < picture_size; ++x)
                counts[x] = static_cast<std::uint8_t>(counts[x] + (labels[x] == semantic));
        }
        for (int column = 0; column < miniature_size; ++column) {
            int count = 0;
            for (int x = column * block; x < (column + 1) * block; ++x) count += counts[static_cast<std::size_t>(x)];
            covered[static_cast<std::size_t>(row) * miniature_size + column] =
                static_cast<float>(count) / (block * block);
        }
    }
    return covered;
}

void training_view(std::span<const Miniature> set, std::size_t index, RandomStream& random, float* out, float* target) {
    constexpr int slack = miniature_size - miniature_crop;
    const int left = random.integer(0, slack), top = random.integer(0, slack);
    const bool mirrored = random.chance(0.5F);
    const float contrast = random.uniform(0.85F, 1.15F), brightness = random.uniform(-0.25F, 0.25F);
    const Holes holes = choose_holes(set, index, random);
    write_target(set[index], decided(set[index], holes.undecided), target);
    for (std::size_t c = 0; c < 3; ++c) {
        const float tint = brightness + random.uniform(-0.1F, 0.1F);
        for (int y = 0; y < miniature_crop; ++y)
            for (int x = 0; x < miniature_crop; ++x) {
                const int column = left + (mirrored ? miniature_crop - 1 - x : x);
                const std::size_t cell = static_cast<std::size_t>(top + y) * miniature_size + column;
                *out++ = holes.kept[cell] * (contrast * set[index].rgb[c * plane + cell] + tint);
            }
    }
}

}  // namespace semscope::demo
