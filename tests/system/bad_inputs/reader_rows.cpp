#include "row.hpp"

#include <fstream>
#include <opencv2/imgcodecs.hpp>

namespace semscope::bad_inputs {

namespace {

using Spoil = std::function<void(const Place&)>;

Spoil append(const std::string& text) {
    return [=](const Place& place) { place.append("data/val.txt", text); };
}

}  // namespace

Table reader_rows() {
    const std::string photo_name = "val/kitchen/0000.png", label_name = "noisy_annotations_RGB/val/kitchen/0000.png";
    return {
        {"ImageGivenTwice",
         "occlude",
         append("val/kitchen/0000.png\n"),
         {},
         {"val.txt:7", "val/kitchen/0000.png", "line 1"}},
        {"AbsolutePath",
         "occlude",
         append("/etc/kitchen/0000.png\tkitchen\n"),
         {},
         {"val.txt:7", "/etc/kitchen/0000.png"}},
        {"PathThatLeavesTheDataFolder",
         "occlude",
         append("val/../../kitchen/0000.png\tkitchen\n"),
         {},
         {"val.txt:7", ".."}},
        {"PathThatIsNotUtf8", "occlude", append("val/kitchen/\xff\xfe.png\n"), {}, {"val.txt:7", "UTF-8"}},
        {"PathThatIsTooLong", "occlude", append("val/kitchen/" + std::string(5000, 'a') + ".png\n"), {}, {"val.txt:7"}},
        {"ControlCharactersAreNotPrintedAsTheyAre", "occlude", append("val/kitchen/\x1b[2J.png\n"), {}, {"val.txt:7"}},
        {"SceneThatLeavesTheFiguresFolder",
         "occlude",
         [](const Place& place) { place.write("data/categories_places365.txt", "kitchen\nbedroom\n..\n"); },
         {},
         {"categories_places365.txt:3"}},
        {"PhotoWithAHeaderOnly",
         "occlude",
         [](const Place& place) {
             std::ofstream(place.photo("kitchen/0000.png"), std::ios::binary) << "\x89PNG\r\n\x1a\n";
         },
         {},
         {photo_name}},
        {"LabelMapToInspectThatIsDamaged",
         "inspect",
         [](const Place& place) {
             std::ofstream(place.label("kitchen/0000.png"), std::ios::binary) << "\x89PNG\r\n\x1a\n and then nothing";
         },
         {"@/data/noisy_annotations_RGB/val/kitchen/0000.png"},
         {label_name}},
        {"LabelMapWithAPalette",
         "occlude",
         [](const Place& place) {
             const auto path = place.label("kitchen/0000.png").string();
             place.python(
                 "from PIL import Image\nim = Image.new('P', (24, 24), 1)\nim.putpalette([0, 0, 0, 9, 9, "
                 "9])\nim.save(path)",
                 path);
         },
         {},
         {label_name, "palette", "labels.channel = gray"}},
    };
}

}  // namespace semscope::bad_inputs
