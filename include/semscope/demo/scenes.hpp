#pragma once

#include "semscope/demo/semantics.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace semscope::demo {

/// The scene classes, in the order of the category list.
enum class Scene : int { bathroom, bedroom, coast, field, kitchen, mountain, office, street };

inline constexpr int scene_count = 8;

inline constexpr std::array<Scene, scene_count> all_scenes{Scene::bathroom, Scene::bedroom, Scene::coast,
                                                           Scene::field,    Scene::kitchen, Scene::mountain,
                                                           Scene::office,   Scene::street};

/// What is true about a scene by construction.
struct SceneFacts {
    std::string_view name;
    bool indoor;
    /// The objects that make it this scene. They occur in no other scene (but for the planted distractor); every
    /// image has at least one. All else is shared by the four indoor or the four outdoor scenes alike.
    std::vector<Semantic> deciding;
};

const SceneFacts& facts_of(Scene scene);

/// A class together with the scene in which it is planted.
struct Planted {
    Scene scene;
    Semantic semantic;
};

/// Nearly every office has a plant and hardly any other room does, though a plant does not make a room an office.
inline constexpr Planted planted_bias{Scene::office, Semantic::plant};

/// Some validation images of fields have a car in them, which otherwise occurs in streets alone.
inline constexpr Planted planted_distractor{Scene::field, Semantic::car};

/// The scenes as the text of categories_places365.txt: `/b/bathroom 0` and so on, index = order.
std::string categories_text();

}  // namespace semscope::demo
