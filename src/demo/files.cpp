#include "files.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/core/json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <fstream>
#include <system_error>

namespace semscope::demo {
namespace {

namespace fs = std::filesystem;

// demo.cfg first: a folder that is being rewritten is no complete data set any more.
constexpr std::array<const char*, 8> entries{"demo.cfg",          "planted.json", "val.txt", "categories_places365.txt",
                                             "objectInfo150.txt", "model.ts",     "val",     "noisy_annotations_RGB"};

// Made first and kept: only a folder that bears it is ever cleared, so that nobody's own photos are.
constexpr const char* marker = ".semscope-demo";

}  // namespace

void prepare_folder(const fs::path& out, bool overwrite) {
    try {
        if (fs::exists(out) && !fs::is_directory(out))
            throw InputError(fmt::format("{}: is not a folder", out.string()));
        if (fs::exists(out) && !fs::is_empty(out) && !overwrite)
            throw InputError(fmt::format("{}: is not empty; choose another folder or give --overwrite", out.string()));
        if (fs::exists(out) && !fs::is_empty(out) && !fs::exists(out / marker))
            throw InputError(fmt::format(
                "{}: holds something else than a demo set and is left alone; choose another folder", out.string()));
        fs::create_directories(out);
        write_file(out / marker, "made by semscope-make-demo, which may replace what it made here\n");
        for (const char* entry : entries) fs::remove_all(out / entry);
    } catch (const fs::filesystem_error& error) {
        throw IoError(fmt::format("{}: cannot prepare the folder: {}", out.string(), error.code().message()));
    }
}

void write_file(const fs::path& path, std::string_view content) {
    std::error_code ignored;  // a folder that cannot be made shows when the file is opened
    fs::create_directories(path.parent_path(), ignored);
    std::ofstream file(path, std::ios::binary);
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
    file.close();
    if (!file) throw IoError(fmt::format("{}: cannot write", path.string()));
}

std::string name_of(const PictureRequest& request) {
    const std::string_view scene = facts_of(request.scene).name;
    return fmt::format("{0}/{0}_{1:04}", scene, request.index);
}

std::string configuration_text() {
    return R"(# A small data set with known truths; planted.json says which. Try it:
#   semscope-occlude --config demo.cfg
[data]
root = .
images = val.txt
scenes = categories_places365.txt
semantics = objectInfo150.txt

[labels]
root = noisy_annotations_RGB
channel = blue
offset = 1
unlabelled = 0

[preprocess]
resize = 256
crop = 224
mean = 0.485 0.456 0.406
std = 0.229 0.224 0.225

[model]
path = model.ts
output = logits

[output]
occlusion = occlusion.h5
statistics = statistics.h5
figures = figures
report = report
)";
}

std::string planted_text(std::uint64_t seed, std::span<const PictureRequest> validation, const DatasetReport& report) {
    nlohmann::ordered_json planted;
    planted["seed"] = seed;
    for (const Scene scene : all_scenes) {
        auto& deciding = planted["scenes"][std::string(facts_of(scene).name)]["deciding"];
        for (const Semantic semantic : facts_of(scene).deciding) deciding.push_back(name_of(semantic));
    }
    const auto describe = [](const Planted& p) {
        return nlohmann::ordered_json{{"scene", facts_of(p.scene).name}, {"semantic", name_of(p.semantic)}};
    };
    planted["bias"] = describe(planted_bias);
    planted["distractor"] = describe(planted_distractor);
    planted["distractor"]["images"] = nlohmann::ordered_json::array();
    for (const PictureRequest& request : validation)
        if (contents_of(request).distractor)
            planted["distractor"]["images"].push_back("val/" + name_of(request) + ".jpg");
    planted["held_out_accuracy"] = report.held_out_accuracy;
    planted["validation_accuracy"] = report.validation_accuracy;
    return json_text(planted);
}

}  // namespace semscope::demo
