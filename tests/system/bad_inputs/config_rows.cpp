#include "row.hpp"

namespace semscope::bad_inputs {

namespace {

/// A row of a program that starts fast, whose configuration file holds `text`.
Row config(std::string name, const std::string& text, std::vector<std::string> words) {
    return {std::move(name),
            "reduce",
            [text](const Place& place) { place.write("bad.cfg", text); },
            {"--config", "@/bad.cfg"},
            std::move(words)};
}

}  // namespace

Table config_rows() {
    return {
        config("UnknownKeyWithASuggestion", "[run]\nbatch = 4\n\nbacht = 5\n", {"bad.cfg:4", "run.bacht", "run.batch"}),
        config("UnknownSection", "[rum]\nbatch = 4\n", {"bad.cfg:2", "rum.batch", "run.batch"}),
        config("KeyWithoutASection", "batch = 4\n", {"bad.cfg:1", "unknown key batch", "run.batch"}),
        config("KeyGivenTwice", "[run]\nbatch = 4\nloaders = 1\nbatch = 8\n", {"bad.cfg:4", "run.batch", "line 2"}),
        config("BadValue", "[run]\n# a remark\nbatch = many\n", {"bad.cfg:3", "run.batch", "many", "whole number"}),
        config("SeveralBadValuesTogether", "[run]\ncheckpoint = -1\n[occlusion]\nmode = delete\nnonsense = 1\n",
               {"bad.cfg:2", "bad.cfg:4", "bad.cfg:5", "remove, keep", "3 problems"}),
        config("LineThatIsNoSetting", "[run]\nbatch 4\n", {"bad.cfg:2", "key = value"}),
        config("SectionThatIsNotClosed", "[run\nbatch = 4\n", {"bad.cfg:1", "[section]"}),
        config("BinaryGarbage", std::string("\x7f\x45LF\x02\x01\0\0\xff\xfe\n\x01\x02", 13), {"bad.cfg:1"}),
        {"FileThatIsMissing", "reduce", {}, {"--config", "@/nowhere.cfg"}, {"nowhere.cfg", "configuration file"}},
        {"FileThatIsAFolder", "reduce", {}, {"--config", "@/data"}, {"data", "configuration file"}},
        {"OneOfSeveralFiles",
         "reduce",
         [](const Place& place) {
             place.write("good.cfg", "[statistics]\nresamples = 10\n");
             place.write("bad.cfg", "[statistics]\nresamples = few\n");
         },
         {"--config", "@/good.cfg", "--config", "@/bad.cfg", "--config", "@/gone.cfg"},
         {"gone.cfg"}},
        {"OfAnotherProgramWithABadValue",
         "wordcloud",
         [](const Place& place) { place.write("bad.cfg", "[run]\nbatch = 0\n"); },
         {"--config", "@/bad.cfg"},
         {"bad.cfg:2", "run.batch"}},
    };
}

}  // namespace semscope::bad_inputs
