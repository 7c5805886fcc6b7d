#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace semscope::demo {

/// The names of the 150 ADE20K classes, first synonym only; class s (1..150) is at index s - 1.
/// Generated at build time from config/ade20k_objectInfo150.txt.
extern const std::array<std::string_view, 150> ade20k_names;

/// The ADE20K classes that the demo draws. The values are the class numbers of objectInfo150.txt.
enum class Semantic : unsigned char {
    unlabelled = 0,
    wall = 1,
    building = 2,
    sky = 3,
    floor = 4,
    tree = 5,
    ceiling = 6,
    road = 7,
    bed = 8,
    windowpane = 9,
    grass = 10,
    cabinet = 11,
    person = 13,
    earth = 14,
    door = 15,
    table = 16,
    mountain = 17,
    plant = 18,
    curtain = 19,
    chair = 20,
    car = 21,
    painting = 23,
    shelf = 25,
    house = 26,
    sea = 27,
    mirror = 28,
    rug = 29,
    field = 30,
    fence = 33,
    desk = 34,
    rock = 35,
    lamp = 37,
    bathtub = 38,
    signboard = 44,
    sand = 47,
    refrigerator = 51,
    toilet = 66,
    bench = 70,
    stove = 72,
    computer = 75,
    streetlight = 88,
    clock = 149,
};

/// The ADE20K name of a class; "unlabelled" for Semantic::unlabelled.
std::string_view name_of(Semantic semantic);

/// The class table as the text of an objectInfo150.txt: a header line, then `index<TAB>name`, 1..150.
std::string object_info_text();

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
