#include "sample_comparison.hpp"

#include "comparison/compare.hpp"
#include "sample_files.hpp"
#include "semscope/hdf5/dataset.hpp"
#include "semscope/hdf5/file.hpp"

#include <utility>

namespace semscope::fuzz {

void write_sample_second_run(const std::filesystem::path& path, const comm::Communicator& self) {
    write_sample_occlusion(path, self);
    const hdf5::File file = hdf5::File::open(path, hdf5::Access::read_write);
    constexpr std::size_t scenes = 3;
    for (const auto& [name, rows] : {std::pair{"/image/probability", std::vector<std::size_t>{0, 1}},
                                     std::pair{"/variant/probability", std::vector<std::size_t>{0, 2, 5}}}) {
        hdf5::Dataset dataset = file.dataset(name);
        auto values = dataset.read<float>();
        for (const std::size_t row : rows) std::swap(values.at(row * scenes), values.at(row * scenes + 1));
        dataset.write<float>(comm::Range{0, dataset.rows()}, values);
    }
}

void write_sample_comparison(const std::filesystem::path& path, const std::filesystem::path& first,
                             const std::filesystem::path& second, const comm::Communicator& self) {
    const results::OcclusionReader one(first), other(second);
    comparison::ComparisonOptions options;
    options.resampling.resamples = 16;
    options.resampling.permutations = 16;
    options.relevant = 0.01;
    const auto found = comparison::compare({one, first}, {other, second}, self, options,
                                           [](const std::string&, std::uint64_t, std::uint64_t) {});
    results::ComparisonLayout layout;
    layout.scenes = one.scene_names();
    layout.semantics = one.semantic_names();
    layout.images = one.images();
    layout.maximum_path_bytes = one.path_bytes();
    layout.explanations = found.explanations;
    layout.summary = found.summary;
    results::create_comparison_file(
        path, layout, {{"first", "first"}, {"second", "second"}, {"configuration", "[compare]\nfirst = first.h5\n"}},
        [&](const results::PathWriter& write) {
            write(0, one.image_paths({0, one.images()}));
        });
    results::ComparisonWriter writer(path, self);
    writer.write(found.images);
    writer.write(found.scenes);
    writer.finish();
}

}  // namespace semscope::fuzz
