#include "row.hpp"
#include "support/hand_made_network.hpp"

namespace semscope::bad_inputs {

namespace {

using Spoil = std::function<void(const Place&)>;

/// A network with these lines in forward(self, x).
Spoil network(const std::string& body) {
    return [=](const Place& place) { testing_support::write_network(place / "model.ts", body); };
}

/// A TorchScript file with this method alone.
Spoil method(const std::string& code) {
    return [=](const Place& place) { testing_support::write_methods(place / "model.ts", code); };
}

void write_weights_alone(const Place& place) { testing_support::write_weights_alone(place / "model.ts"); }

std::string noise(std::size_t length) {
    std::string bytes;
    std::uint32_t state = 1;
    while (bytes.size() < length) bytes += static_cast<char>((state = state * 1664525U + 1013904223U) >> 24U);
    return bytes;
}

}  // namespace

Table model_rows() {
    const std::string no_model = "cannot be loaded as TorchScript";
    const std::string other_sha256 = std::string(63, '0') + "A";
    return {
        {"Missing",
         "occlude",
         [](const Place& place) { place.remove("model.ts"); },
         {},
         {"model.ts", "no such model file"}},
        {"IsAFolder", "occlude", {}, {"--model.path", "@/data"}, {"data", "model file"}},
        {"Empty", "occlude", [](const Place& place) { place.write("model.ts", ""); }, {}, {"model.ts", no_model}},
        {"RandomBytes",
         "occlude",
         [](const Place& place) { place.write("model.ts", noise(5000)); },
         {},
         {"model.ts", no_model}},
        {"EmptyZip",
         "occlude",
         [](const Place& place) { place.write("model.ts", "PK\x05\x06" + std::string(18, '\0')); },
         {},
         {"model.ts", no_model}},
        {"WeightsWithoutCode", "occlude", write_weights_alone, {}, {"model.ts", no_model, "torch.jit"}},
        {"Truncated", "occlude", [](const Place& place) { place.truncate("model.ts"); }, {}, {"model.ts", no_model}},
        {"PackageThatCannotBeLoaded",
         "occlude",
         [](const Place& place) { place.write("model.ts", "PK\x03\x04net/data/aotinductor/model/net.wrapper.cpp"); },
         {},
         {"model.ts", "AOTInductor package", "export_network.py"}},
        {"ExportedProgramThatIsNotCompiled",
         "occlude",
         [](const Place& place) { place.write("model.ts", "PK\x03\x04net/models/model.json"); },
         {},
         {"model.ts", "not compiled", "export_network.py"}},
        {"OfAnotherSha256",
         "occlude",
         {},
         {"--model.sha256", other_sha256},
         {"model.ts", "its SHA-256 is ", "model.sha256 is 0000000"}},
        {"MalformedSha256",
         "occlude",
         {},
         {"--model.sha256", "1234"},
         {"model.sha256", "1234", "64 hexadecimal digits"}},
        {"OfAnotherSha256IsNotEvenLoaded",
         "occlude",
         [](const Place& place) { place.write("model.ts", noise(5000)); },
         {"--model.sha256", other_sha256},
         {"model.ts", "its SHA-256 is "}},
        {"AnotherSha256OfACompleteOutput",
         "occlude",
         {},
         {"--output.occlusion", "@/occlusion.h5", "--run.resume", "--model.sha256", other_sha256},
         {"model.ts", "its SHA-256 is "}},
        {"TakesAnotherShape",
         "occlude",
         network("return torch.matmul(x.flatten(1), torch.ones([48, 3]))"),
         {},
         {"model.ts", "[4,3,24,24]"}},
        {"GivesOneNumber", "occlude", network("return x.mean()"), {}, {"model.ts", "[4,C]"}},
        {"GivesAnImage", "occlude", network("return x"), {}, {"model.ts", "[4, 3, 24, 24]", "[4,C]"}},
        {"GivesAnotherNumberOfScores",
         "occlude",
         network("return x.mean([2])[:, :, :7].flatten(1)"),
         {},
         {"model.ts", "21 scores", "3 scenes"}},
        {"GivesARowTooFew", "occlude", network("return x.mean([2, 3])[1:]"), {}, {"model.ts", "[4,C]"}},
        {"GivesIntegers", "occlude", network("return x.mean([2, 3]).argmax(1)"), {}, {"model.ts", "[4,C]"}},
        {"GivesTwoNumbers", "occlude", network("return (1, 2)"), {}, {"model.ts", "(int, int)", "tensor"}},
        {"GivesNothing", "occlude", network("return None"), {}, {"model.ts", "NoneType", "tensor"}},
        {"TakesAList",
         "occlude",
         method("def forward(self, x: List[Tensor]):\n    return x[0].mean([2, 3])\n"),
         {},
         {"model.ts", "does not take [4,3,24,24]"}},
        {"TakesTwoTensors",
         "occlude",
         method("def forward(self, x, y):\n    return x.mean([2, 3]) + y\n"),
         {},
         {"model.ts", "does not take [4,3,24,24]"}},
        {"RaisesAnException",
         "occlude",
         network("assert x.size(0) == 0, \"only on Sundays\"\nreturn x.mean([2, 3])"),
         {},
         {"model.ts", "only on Sundays"}},
        {"HasNoForward",
         "occlude",
         method("def classify(self, x):\n    return x.mean([2, 3])\n"),
         {},
         {"model.ts", "forward"}},
    };
}

}  // namespace semscope::bad_inputs
