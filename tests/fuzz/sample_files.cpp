#include "sample_files.hpp"

#include "semscope/results/occlusion_file.hpp"
#include "semscope/results/result_file.hpp"
#include "semscope/results/statistics_file.hpp"
#include "statistics/reduction.hpp"

#include <array>
#include <limits>
#include <span>

namespace semscope::fuzz {

namespace {

const std::vector<std::string> scene_names{"kitchen", "bedroom", "street"};
const std::vector<std::string> semantic_names{"unlabelled", "wall", "bed", "stove", "car"};
constexpr std::array paths{"val/kitchen/1.png", "val/kitchen/2.png", "val/bedroom/1.png", "val/street/1.png", "x.png"};

constexpr const char* configuration =
    "[data]\nroot = /data\nimages = /data/val.txt\n[labels]\nchannel = blue\n[preprocess]\nresize = 24\ncrop = 24\n";

results::SurveyRows survey() {
    return {{0, 5},
            {0, 8},
            {0, 0, 1, 2, -1},
            {0, 2, 4, 6, 6, 8},
            {0, 0, 1, 1, 2, 2, 4, 4},
            {1, 3, 1, 2, 1, 2, 3, 4},
            {300, 276, 288, 288, 100, 400, 24, 552},
            {11, 12, 13, 14, 15}};
}

results::ResultRows result() {
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    return {{{0, 5}},
            {{0, 8}},
            {0.5F, 0.25F, 0.25F, 0.25F, 0.5F, 0.25F, 0.125F, 0.75F, 0.125F, nan, nan, nan, 0.25F, 0.25F, 0.5F},
            {0.7F, 1.4F, 0.3F, nan, nan},
            {0.25F, 0.5F,  0.25F, 0.75F, 0.125F, 0.125F, 0.5F,  0.25F, 0.25F, 0.25F, 0.5F, 0.25F,
             0.5F,  0.25F, 0.25F, 0.25F, 0.5F,   0.25F,  0.25F, 0.5F,  0.25F, 0.5F,  0.5F, 0.0F},
            {1, 1, 1, 2, 1},
            {21, 22, 23, 0, 25}};
}

}  // namespace

void write_sample_occlusion(const std::filesystem::path& path, const comm::Communicator& self) {
    results::OcclusionLayout layout{5, 8, scene_names, semantic_names, 17, [](std::uint64_t i) { return paths.at(i); }};
    results::create_occlusion_file(path, layout,
                                   {{"configuration", configuration},
                                    {"configuration_digest", std::string(64, 'a')},
                                    {"model_sha256", std::string(64, 'b')},
                                    {"image_list_sha256", std::string(64, 'c')},
                                    {"created", "2024-01-01T00:00:00Z"},
                                    {"command_line", "semscope-occlude --data.root /data"},
                                    {"device", "cpu"}},
                                   1);
    results::OcclusionWriter writer(path, self);
    writer.write_survey(survey());
    writer.write_results(result());
    writer.finish();
}

void write_sample_statistics(const std::filesystem::path& path, const std::filesystem::path& occlusion,
                             const comm::Communicator& self) {
    const results::OcclusionReader file(occlusion);
    statistics::ReductionOptions options;
    options.resampling.resamples = 16;
    options.resampling.permutations = 16;
    const auto reduction =
        statistics::reduce(file, self, options, [](const std::string&, std::uint64_t, std::uint64_t) {});
    results::create_statistics_file(
        path,
        {.scenes = scene_names,
         .semantics = semantic_names,
         .samples = reduction.samples,
         .evaluation = reduction.evaluation,
         .settings = {1, 16, 16, 0.01, 0.01, 0},
         .images = file.images(),
         .flips = reduction.flips,
         .maximum_path_bytes = file.path_bytes(),
         .image_paths = [&](results::Range images) { return file.image_paths(images); }},
        {{"configuration", configuration}, {"occlusion_identity", results::identity_of(file)}});
    results::StatisticsWriter writer(path, self);
    writer.write(reduction.rows);
    writer.finish();
}

}  // namespace semscope::fuzz
