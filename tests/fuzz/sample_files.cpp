#include "sample_files.hpp"

#include "semscope/results/occlusion_file.hpp"
#include "semscope/results/result_file.hpp"
#include "semscope/results/statistics_file.hpp"
#include "statistics/faithfulness.hpp"
#include "statistics/reduction.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <limits>
#include <span>

namespace semscope::fuzz {

comm::Communicator start_mpi() {
    int argc = 0;
    char** argv = nullptr;
    static auto* const environment = new comm::Environment(argc, argv);
    (void)environment;
    return comm::Communicator::self();
}

std::string bytes_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

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
            {11, 12, 13, 14, 15},
            {{0, 4}, {0, 1, 2, 3, 3, 4}, {0, 1, 2, 4}, {1, 1, 1, 3}, {3, 2, 2, 4}}};
}

/// The two classes of each image that has some.
struct SurveyedPixels {
    std::uint16_t first, second;
    float share_of_first;
};
constexpr std::array pixels_of_images{SurveyedPixels{1, 3, 300.0F / 576}, SurveyedPixels{1, 2, 0.5F},
                                      SurveyedPixels{1, 2, 0.2F}, SurveyedPixels{3, 4, 24.0F / 576}};

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

/// Of the images of `rows`, whose classes are 2, 2, 2, 0 and 2: the empty coalition gives 0.25, 0.25, 0.5, and the
/// order is that of the classes. Image 3 has no result.
results::AttributionRows attributions(const results::ResultRows& rows) {
    constexpr std::array empty{0.25F, 0.25F, 0.5F};
    results::AttributionRows out;
    std::size_t variant = 0;
    for (const std::size_t image : {0U, 1U, 2U, 3U, 4U}) {
        const bool done = rows.status[image] == 1;
        for (const float p : empty) out.probability_empty.push_back(done ? p : nan);
        out.coalitions.push_back(done ? 4 : 0);
        out.flip_count.push_back(0);
        if (!done) {
            for (auto& areas : out.areas) areas.push_back(nan);
            continue;
        }
        const std::span p = std::span(rows.image_probability).subspan(3 * image, 3);
        const std::span without_first = std::span(rows.variant_probability).subspan(3 * variant, 3);
        const std::span without_second = std::span(rows.variant_probability).subspan(3 * variant + 3, 3);
        for (std::size_t c = 0; c < 3; ++c)
            out.shapley.push_back((without_second[c] - empty.at(c) + p[c] - without_first[c]) / 2);
        for (std::size_t c = 0; c < 3; ++c)
            out.shapley.push_back((without_first[c] - empty.at(c) + p[c] - without_second[c]) / 2);
        out.shapley_error.resize(out.shapley.size());
        const auto scene = static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin());
        const SurveyedPixels& pixels = pixels_of_images.at(variant / 2);
        out.step_semantic.insert(out.step_semantic.end(), {pixels.first, pixels.second});
        const std::array deletion{p[scene], without_first[scene], empty.at(scene)};
        const std::array insertion{empty.at(scene), without_second[scene], p[scene]};
        out.deletion.insert(out.deletion.end(), deletion.begin() + 1, deletion.end());
        out.insertion.insert(out.insertion.end(), insertion.begin() + 1, insertion.end());
        const auto area = [](const std::array<float, 3>& y, float share) {
            return share * (y[0] + y[1]) / 2 + (1 - share) * (y[1] + y[2]) / 2;
        };
        out.areas[0].push_back(area(deletion, 0.5F));
        out.areas[1].push_back(area(deletion, pixels.share_of_first));
        out.areas[2].push_back(area(insertion, 0.5F));
        out.areas[3].push_back(area(insertion, pixels.share_of_first));
        out.interaction_predicted.push_back(p[scene] - without_first[scene] - without_second[scene] + empty.at(scene));
        out.interaction_truth.push_back(image == 4 ? nan : out.interaction_predicted.back());
        variant += 2;
    }
    out.pairs = {{0, 4}};
    return out;
}

results::ResultRows result() {
    results::ResultRows rows{
        {{0, 5}},
        {{0, 8}},
        {0.5F, 0.25F, 0.25F, 0.25F, 0.5F, 0.25F, 0.125F, 0.75F, 0.125F, nan, nan, nan, 0.25F, 0.25F, 0.5F},
        {0.7F, 1.4F, 0.3F, nan, nan},
        {0.25F, 0.5F,  0.25F, 0.75F, 0.125F, 0.125F, 0.5F,  0.25F, 0.25F, 0.25F, 0.5F, 0.25F,
         0.5F,  0.25F, 0.25F, 0.25F, 0.5F,   0.25F,  0.25F, 0.5F,  0.25F, 0.5F,  0.5F, 0.0F},
        {1, 1, 1, 2, 1},
        {21, 22, 23, 0, 25}};
    rows.attribution = attributions(rows);
    return rows;
}

}  // namespace

void write_sample_occlusion(const std::filesystem::path& path, const comm::Communicator& self) {
    results::OcclusionLayout layout{5, 8, scene_names, semantic_names, 17, [](std::uint64_t i) { return paths.at(i); },
                                    {}};
    layout.attribution = {.shapley = true, .orders = {"deviation"}, .interactions = true, .pairs = 4};
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
    std::vector<std::string> kinds;
    for (const statistics::OrderKind& kind : statistics::order_kinds(file.orders())) kinds.push_back(kind.name);
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
         .image_paths = [&](results::Range images) { return file.image_paths(images); },
         .order_kinds = kinds,
         .shapley = file.has_shapley(),
         .pairs = reduction.pairs},
        {{"configuration", configuration}, {"occlusion_identity", results::identity_of(file)}});
    results::StatisticsWriter writer(path, self);
    writer.write(reduction.rows);
    writer.finish();
}

}  // namespace semscope::fuzz
