#include "row.hpp"
#include "support/hand_made_network.hpp"

namespace semscope::bad_inputs {

namespace {

using Spoil = std::function<void(const Place&)>;

Spoil network(const std::string& body) {
    return [=](const Place& place) { testing_support::write_network(place / "segment.ts", body); };
}

Row mapping(std::string name, const std::string& text, std::vector<std::string> words) {
    return {std::move(name),
            "segment",
            [text](const Place& place) { place.write("map.txt", text); },
            {"--segment.map", "@/map.txt"},
            std::move(words)};
}

}  // namespace

Table segment_rows() {
    return {
        {"NetworkIsMissing", "segment", {}, {"--segment.model", "@/nowhere.ts"}, {"nowhere.ts", "no such model file"}},
        {"NetworkIsNoTorchScript",
         "segment",
         [](const Place& place) { place.write("segment.ts", "no network"); },
         {},
         {"segment.ts", "TorchScript"}},
        {"NetworkOfAnotherSha256",
         "segment",
         {},
         {"--segment.sha256", std::string(64, 'f')},
         {"segment.ts", "its SHA-256 is ", "segment.sha256 is ffff"}},
        {"NetworkIsAClassifier", "segment", {}, {"--segment.model", "@/model.ts"}, {"model.ts", "[1,K,h,w]"}},
        {"NetworkOfAnotherNumberOfLabels",
         "segment",
         network("return torch.cat([x, x, x], 1)"),
         {},
         {"9 labels", "4 classes", "segment.map"}},
        {"NetworkWithDropout",
         "segment",
         network("return torch.dropout(torch.cat([x, x[:, :1]], 1), 0.5, True)"),
         {},
         {"segment.ts", "other scores each time", "dropout"}},
        {"NetworkGivesText", "segment", network("return \"wall\""), {}, {"segment.ts", "of the type str"}},
        {"PhotosAndNetworkTogether",
         "segment",
         [](const Place& place) {
             std::filesystem::remove(place.photo("street/0002.png"));
             place.remove("segment.ts");
         },
         {},
         {"val/street/0002.png", "segment.ts", "2 problems"}},
        mapping("MappingWithAnUnknownClass", "0 wall\n1 bet\n2 stove\n3 car\n", {"map.txt:2", "bet", "nearest: bed"}),
        mapping("MappingWithAGap", "0 wall\n1 bed\n3 car\n", {"map.txt", "label 2 is missing"}),
        mapping("MappingOfAnotherLength", "0 wall\n1 bed\n", {"segment.map has 2 labels", "gives 4"}),
        {"LabelsWouldGoAmongThePhotos", "segment", {}, {"--labels.root", "@/data"}, {"labels.root", "data.root"}},
        {"LabelsOfOtherOrigin",
         "segment",
         {},
         {"--labels.root", "@/data/noisy_annotations_RGB"},
         {"noisy_annotations_RGB", "did not make"}},
        {"LabelsFolderThatIsAFile", "segment", {}, {"--labels.root", "@/model.ts"}, {"model.ts"}},
        {"BatchOfZero",
         "segment",
         {},
         {"--segment.batch", "0", "--segment.min-confidence", "2"},
         {"segment.batch", "segment.min-confidence", "2 problems"}},
    };
}

}  // namespace semscope::bad_inputs
