#include "row.hpp"

namespace semscope::bad_inputs {

namespace {

using Spoil = std::function<void(const Place&)>;

Spoil write(const std::string& name, const std::string& text) {
    return [=](const Place& place) { place.write("data/" + name, text); };
}

Spoil append(const std::string& name, const std::string& text) {
    return [=](const Place& place) { place.append("data/" + name, text); };
}

std::string many_classes(int count) {
    std::string text;
    for (int i = 1; i <= count; ++i) text += std::to_string(i) + "\tclass " + std::to_string(i) + "\n";
    return text;
}

}  // namespace

Table list_rows() {
    return {
        {"MissingTogether",
         "occlude",
         [](const Place& place) {
             for (const char* name : {"val.txt", "objectInfo150.txt"}) place.remove(std::string("data/") + name);
         },
         {"--model.path", "@/nowhere.ts"},
         {"val.txt", "objectInfo150.txt", "nowhere.ts", "3 problems"}},
        {"EmptyImageList", "occlude", write("val.txt", ""), {}, {"val.txt", "no entries"}},
        {"ImageListOfComments", "occlude", write("val.txt", "# none\n\n  # so far\n"), {}, {"val.txt", "no entries"}},
        {"ImageListThatIsAFolder", "occlude", {}, {"--data.images", "val"}, {"data/val", "cannot be opened"}},
        {"UnknownScene", "occlude", append("val.txt", "val/castle/0001.png\n"), {}, {"val.txt:7", "castle"}},
        {"UnknownSceneColumn",
         "occlude",
         append("val.txt", "val/kitchen/0000.png\tcastle\n"),
         {},
         {"val.txt:7", "castle"}},
        {"SceneIndexOutOfRange", "occlude", append("val.txt", "val/kitchen/0000.png\t3\n"), {}, {"val.txt:7"}},
        {"SceneIndexBelowMinusOne", "occlude", append("val.txt", "val/kitchen/0000.png\t-2\n"), {}, {"val.txt:7"}},
        {"PhotosThatAreMissing",
         "occlude",
         [](const Place& place) {
             for (const char* name : {"kitchen/0000.png", "bedroom/0004.png", "street/0005.png"})
                 std::filesystem::remove(place.photo(name));
         },
         {},
         {"val/kitchen/0000.png", "val/bedroom/0004.png", "val/street/0005.png", "no such file", "3 problems"}},
        {"SceneGivenTwice",
         "occlude",
         write("categories_places365.txt", "/k/kitchen 0\n/b/bedroom 1\n/k/kitchen 2\n/s/street 3\n"),
         {},
         {"categories_places365.txt:3", "kitchen", "line 1"}},
        {"SceneIndexWithAGap",
         "occlude",
         write("categories_places365.txt", "/k/kitchen 0\n/b/bedroom 1\n/s/street 3\n"),
         {},
         {"categories_places365.txt:3", "index 3 where 2 was expected"}},
        {"MoreScenesThanTheNetwork",
         "occlude",
         append("categories_places365.txt", "/f/field 3\n"),
         {},
         {"model.ts", "3 scores", "4 scenes"}},
        {"SemanticIndexWithAGap",
         "occlude",
         write("objectInfo150.txt", "1\twall\n2\tbed\n4\tcar\n"),
         {},
         {"objectInfo150.txt:3", "index 4 where 3 was expected"}},
        {"SemanticLineWithoutAName",
         "occlude",
         write("objectInfo150.txt", "1\twall\n2\n3\tcar\n"),
         {},
         {"objectInfo150.txt:2", "index<TAB>name"}},
        {"SemanticTableOfAHeader",
         "occlude",
         write("objectInfo150.txt", "Idx\tName\n"),
         {},
         {"objectInfo150.txt", "no classes"}},
        {"MoreThan255Classes",
         "occlude",
         write("objectInfo150.txt", many_classes(256)),
         {},
         {"objectInfo150.txt", "256 classes", "255"}},
    };
}

}  // namespace semscope::bad_inputs
