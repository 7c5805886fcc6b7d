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
        {"ClassOfAGapInTheTable",
         "occlude",
         write("objectInfo150.txt", "1\twall\n2\tbed\n4\tcar\n"),
         {},
         {"class 3 is a gap in the numbers of data.semantics", "column "}},
        {"SemanticIndexThatGoesBack",
         "occlude",
         write("objectInfo150.txt", "1\twall\n2\tbed\n2\tcar\n"),
         {},
         {"objectInfo150.txt:3", "index 2 where 3 or more was expected"}},
        {"OneScene", "occlude", write("categories_places365.txt", "kitchen\n"), {}, {"has one scene"}},
        {"ImageListInUtf16",
         "occlude",
         write("val.txt", std::string("\xff\xfev\0a\0l\0\n\0", 10)),
         {},
         {"val.txt", "iconv -f UTF-16"}},
        {"SceneIndicesThatCountFrom1",
         "occlude",
         write("val.txt", "val/kitchen/0000.png 1\nval/bedroom/0001.png 2\n"),
         {},
         {"val.txt", "indices count from 0"}},
        {"PhotosWithOneLabelMap",
         "occlude",
         append("val.txt", "val/kitchen/0000.jpg\n"),
         {},
         {"val/kitchen/0000.png", "val/kitchen/0000.jpg", "have one label map"}},
        {"OnePhotoByTwoPaths", "occlude", append("val.txt", "./val/kitchen/0000.png\n"), {}, {"val.txt:7", "line 1"}},
        {"LabelMapsThatAreThePhotos",
         "occlude",
         {},
         {"--labels.root", "."},
         {"val/kitchen/0000.png", "is the photo itself", "6 problems"}},
        {"ArchiveThatIsNone",
         "occlude",
         write("photos.tar", std::string(2000, 'x')),
         {"--data.archive", "photos.tar"},
         {"photos.tar", "is no tar or zip"}},
        {"LabelArchiveOfACompressedTar",
         "occlude",
         write("labels.tar", "\x1f\x8b and more"),
         {"--labels.archive", "labels.tar"},
         {"labels.tar", "gunzip"}},
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
        {"MoreClassesThanLabelMapsHold",
         "occlude",
         append("objectInfo150.txt", "65535\tlast\n"),
         {},
         {"objectInfo150.txt:6", "65535", "65534"}},
    };
}

}  // namespace semscope::bad_inputs
