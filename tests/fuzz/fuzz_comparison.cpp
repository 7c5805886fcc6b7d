// Comparison files, and the pairs of occlusion files that they are made of. As in fuzz_results, the input is a list of
// changes that HDF5 itself makes to a sound file. The first byte says which file is changed: the comparison, or the
// second of the two runs, which are then compared. After that everything is read that semscope-compare and
// semscope-inspect read.
#include "comparison/compare.hpp"
#include "comparison/export.hpp"
#include "comparison/pictures.hpp"
#include "damage.hpp"
#include "harness.hpp"
#include "sample_comparison.hpp"
#include "sample_files.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/comparison/views.hpp"
#include "semscope/figures/text.hpp"
#include "semscope/inspection/inspection.hpp"
#include "semscope/results/result_file.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <numeric>

namespace semscope {
namespace {

using fuzz::expect_success_or_typed_error;
using results::Range;

/// Files and communicator of the whole run.
struct World {
    World() : self(fuzz::start_mpi()) {
        fuzz::write_sample_occlusion(first.path(), self);
        fuzz::write_sample_second_run(second.path(), self);
        fuzz::write_sample_comparison(comparison.path(), first.path(), second.path(), self);
        sound_second = fuzz::bytes_of(second.path());
        sound_comparison = fuzz::bytes_of(comparison.path());
    }

    comm::Communicator self;
    fuzz::ScratchFile first{"first.h5"};
    fuzz::ScratchFile second{"second.h5"};
    fuzz::ScratchFile comparison{"comparison.h5"};
    std::string sound_second;
    std::string sound_comparison;
};

World& world() {
    static auto* const instance = new World;
    return *instance;
}

void read_comparison(const results::ComparisonReader& file) {
    const std::string font(figures::default_font);
    for (const auto& read : std::initializer_list<std::function<void()>>{
             [&] {
                 (void)file.image_paths({0, file.images()});
             },
             [&] {
                 (void)file.read_images({0, file.images()});
             },
             [&] {
                 (void)file.read_scenes({0, file.scenes()});
             },
             [&] {
                 (void)file.read_explanations({0, file.explanations()});
             },
             [&] { (void)results::check_comparison_content(file); },
             [&] { (void)inspection::comparison_summary(file); },
             [&] { (void)inspection::comparison_json(file); },
             [&] {
                 const comparison::ComparisonViews views(file);
                 std::vector<std::uint64_t> scenes(views.size());
                 std::iota(scenes.begin(), scenes.end(), std::uint64_t{0});
                 (void)comparison::overall_picture(views, scenes, font);
                 for (const std::uint64_t scene : scenes) {
                     (void)views.scene(scene).by_difference();
                     (void)views.scene(scene).explaining(3);
                     (void)comparison::scene_picture(views, scene, font);
                 }
             },
             [&] {
                 const fuzz::ScratchFile beside("exports");
                 comparison::write_exports(file, {}, beside.path().string() + ".h5", "");
                 for (const auto& path : comparison::export_paths(beside.path().string() + ".h5"))
                     std::filesystem::remove(path);
             },
         })
        expect_success_or_typed_error(read);
}

/// Compares the first run with the second, which may be damaged.
void compare_runs() {
    expect_success_or_typed_error([&] {
        const results::OcclusionReader first(world().first.path()), second(world().second.path());
        const comparison::NamedFile one{first, "first.h5"}, other{second, "second.h5"};
        comparison::require_comparable(one, other, world().self);
        comparison::ComparisonOptions options;
        options.resampling.resamples = 4;
        options.resampling.permutations = 4;
        options.partial = true;
        (void)comparison::compare(one, other, world().self, options,
                                  [](const std::string&, std::uint64_t, std::uint64_t) {});
    });
}

void run(std::span<const std::uint8_t> input) {
    const World& all = world();
    all.second.write(all.sound_second);
    all.comparison.write(all.sound_comparison);
    fuzz::Choices choices(input);
    const bool of_runs = (choices.byte() & 1) == 1;
    fuzz::damage(of_runs ? all.second.path() : all.comparison.path(), choices);
    if (of_runs) {
        compare_runs();
        return;
    }
    std::unique_ptr<results::ComparisonReader> file;
    expect_success_or_typed_error([&] { file = std::make_unique<results::ComparisonReader>(all.comparison.path()); });
    if (file) read_comparison(*file);
    if (input.empty())  // the sound file, without which all else would be idle
        fuzz::require(file && file->explanations() > 0 && results::check_comparison_content(*file).empty(),
                      "the sample comparison is not sound");
}

}  // namespace
}  // namespace semscope

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    semscope::run({data, size});
    return 0;
}
