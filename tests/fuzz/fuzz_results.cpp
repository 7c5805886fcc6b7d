

// Result files. Bytes changed at random would test libhdf5 more than semscope; so the input is a list of changes that
// HDF5 itself makes to a sound file (damage.hpp). The first byte says which of the two files is changed and how it is
// opened. Then everything is read that semscope-inspect, -reduce, -sdm, -boxplot and -wordcloud read of them.
#include "damage.hpp"
#include "harness.hpp"
#include "postprocess/map_plan.hpp"
#include "sample_files.hpp"
#include "semscope/cli/options.hpp"
#include "semscope/cli/vocabulary.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/inspection/inspection.hpp"
#include "semscope/postprocess/attribution_charts.hpp"
#include "semscope/postprocess/scene_charts.hpp"
#include "semscope/results/result_file.hpp"
#include "semscope/statistics/scene_view.hpp"
#include "statistics/reduction.hpp"

#include <memory>

namespace semscope {
namespace {

using fuzz::expect_success_or_typed_error;
using results::DeviationSet;
using results::Range;

/// Files and communicator of the whole run.
struct World {
    World() : self(fuzz::start_mpi()) {
        fuzz::write_sample_occlusion(occlusion.path(), self);
        fuzz::write_sample_statistics(statistics.path(), occlusion.path(), self);
        sound_occlusion = fuzz::bytes_of(occlusion.path());
        sound_statistics = fuzz::bytes_of(statistics.path());
    }

    comm::Communicator self;
    fuzz::ScratchFile occlusion{"occlusion.h5"};
    fuzz::ScratchFile statistics{"statistics.h5"};
    std::string sound_occlusion;
    std::string sound_statistics;
};

World& world() {
    static auto* const instance = new World;
    return *instance;
}

void nothing(const std::string& /*stage*/, std::uint64_t /*done*/, std::uint64_t /*total*/) {}

void adopt(const std::string& configuration) {
    using cli::Group;
    cli::Settings settings;
    cli::Options options("semscope-fuzz", "");
    options.add(cli::vocabulary(settings, {Group::data, Group::labels, Group::preprocess, Group::output}));
    options.adopt(configuration, "occlusion.h5");
}

void read_occlusion(const results::OcclusionReader& file) {
    const Range images{0, file.images()}, variants{0, file.variants()};
    for (const auto& read : std::initializer_list<std::function<void()>>{
             [&] { (void)file.scene_names(); },
             [&] { (void)file.semantic_names(); },
             [&] { (void)file.image_paths(images); },
             [&] { (void)file.image_scenes(images); },
             [&] { (void)file.image_losses(images); },
             [&] { (void)file.image_probabilities(images); },
             [&] { (void)file.variant_images(variants); },
             [&] { (void)file.variant_probabilities(variants); },
             [&] { (void)results::check_occlusion_content(file); },
             [&] { (void)results::identity_of(file); },
             [&] { adopt(file.attribute("configuration")); },
             [&] { (void)inspection::occlusion_summary(file); },
             [&] { (void)inspection::occlusion_json(file); },
             [&] { (void)statistics::count_images(file, world().self); },
             [&] { (void)postprocess::scan_share(file, 576, world().self); },
             [&] { (void)postprocess::ImageNames(file).find({"1"}); },
         })
        expect_success_or_typed_error(read);
    for (const bool partial : {false, true})
        expect_success_or_typed_error([&] {
            statistics::ReductionOptions options;
            options.resampling.resamples = 4;
            options.resampling.permutations = 4;
            options.partial = partial;
            (void)statistics::reduce(file, world().self, options, nothing);
        });
}

void read_statistics(const results::StatisticsReader& file) {
    const Range scenes{0, file.scenes()};
    for (const auto& read : std::initializer_list<std::function<void()>>{
             [&] { (void)file.evaluation(); },
             [&] { (void)file.confusion(scenes); },
             [&] { (void)results::check_statistics_content(file); },
             [&] {
                 if (!file.has_images()) return;
                 (void)file.image_paths({0, file.images()});
                 (void)file.image_statistics({0, file.images()});
             },
             [&] {
                 if (!file.has_faithfulness()) return;
                 (void)file.order_kinds();
                 (void)file.faithfulness(scenes);
                 (void)file.overall_faithfulness();
             },
             [&] {
                 for (const auto of : {results::InteractionScene::predicted, results::InteractionScene::truth})
                     if (file.has_interactions()) (void)file.interactions(of, scenes);
             },
             [&] { (void)file.column(DeviationSet::correct, results::Column::mean, scenes, Attribution::shapley); },
             [&] { (void)file.relevance(scenes, Attribution::shapley); },
             [&] { (void)inspection::statistics_summary(file); },
             [&] { (void)inspection::statistics_json(file); },
             [&] {
                 for (const std::string& scene : file.scene_names()) (void)inspection::scene_table(file, scene);
             },
             [&] {
                 cli::FigureSettings figures;
                 figures.order = BoxOrder::mean;
                 const postprocess::SceneCharts charts(file, figures);
                 (void)charts.common_range();
                 for (std::uint64_t scene = 0; scene < file.scenes(); ++scene) {
                     (void)charts.box_plot(scene);
                     (void)charts.distribution(scene);
                     (void)postprocess::cloud_values(file, scene, postprocess::CloudSet::relevant);
                     (void)postprocess::cloud_values(file, scene, postprocess::CloudSet::distracting);
                 }
             },
             [&] {
                 cli::FigureSettings figures;
                 figures.attribution = Attribution::shapley;
                 const postprocess::SceneCharts charts(file, figures);
                 (void)charts.common_range();
             },
             [&] {
                 const std::string font(figures::default_font);
                 for (std::uint64_t scene = 0; scene < file.scenes(); ++scene) {
                     if (file.has_faithfulness()) (void)postprocess::curve_chart(file, scene, font);
                     if (file.has_interactions()) (void)postprocess::interaction_matrix(file, scene, font);
                 }
             },
         })
        expect_success_or_typed_error(read);
    for (const DeviationSet set : {DeviationSet::correct, DeviationSet::predicted})
        expect_success_or_typed_error([&] {
            const auto offsets = file.sample_offsets(set, scenes);
            (void)file.sample_values(set, {offsets.front(), offsets.back()});
            (void)file.sample_images(set, {offsets.front(), offsets.back()});
        });
}

void run(std::span<const std::uint8_t> input) {
    const World& all = world();
    all.occlusion.write(all.sound_occlusion);
    all.statistics.write(all.sound_statistics);
    fuzz::Choices choices(input);
    const std::uint8_t mode = choices.byte();
    const auto& target = (mode & 1) == 0 ? all.occlusion.path() : all.statistics.path();
    fuzz::damage(target, choices);

    expect_success_or_typed_error([&] {
        const auto file = hdf5::File::open(target, hdf5::Access::read);
        (void)results::format_of(file);
        (void)results::content_digest(file);
    });
    std::unique_ptr<results::OcclusionReader> occlusion;
    expect_success_or_typed_error([&] {
        occlusion = (mode & 14) == 2 ? std::make_unique<results::OcclusionReader>(all.occlusion.path(), all.self)
                                     : std::make_unique<results::OcclusionReader>(all.occlusion.path());
    });
    if (occlusion && (mode & 1) == 0) read_occlusion(*occlusion);
    std::unique_ptr<results::StatisticsReader> statistics;
    expect_success_or_typed_error(
        [&] { statistics = std::make_unique<results::StatisticsReader>(all.statistics.path()); });
    if (statistics && (mode & 1) == 1) read_statistics(*statistics);
    if (occlusion && statistics)
        expect_success_or_typed_error([&] { (void)results::made_from(*statistics, *occlusion); });
    if (input.empty())  // the sound files, without which all else would be idle
        fuzz::require(occlusion && statistics && results::check_occlusion_content(*occlusion).empty() &&
                          results::check_statistics_content(*statistics).empty() &&
                          results::made_from(*statistics, *occlusion),
                      "the sample files are not sound");
}

}  // namespace
}  // namespace semscope

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    semscope::run({data, size});
    return 0;
}
