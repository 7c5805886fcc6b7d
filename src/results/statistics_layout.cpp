#include "semscope/results/statistics_layout.hpp"

#include "layout_builder.hpp"
#include "semscope/base/error.hpp"

#include <fmt/format.h>

namespace semscope::results {

namespace {

constexpr std::array<ColumnInfo, column_count> infos{
    {{"mean", "mean deviation over all images of the set, absent classes counting 0"},
     {"mean_present", "mean deviation over the images where the class is present"},
     {"std", "population standard deviation over all images of the set"},
     {"min", "smallest deviation"},
     {"q1", "first quartile, linear interpolation (type 7)"},
     {"median", "median"},
     {"q3", "third quartile, linear interpolation (type 7)"},
     {"max", "largest deviation"},
     {"whisker_low", "smallest deviation within 1.5 interquartile ranges below q1"},
     {"whisker_high", "largest deviation within 1.5 interquartile ranges above q3"},
     {"ci_low", "lower end of the 95 % bootstrap interval of the mean"},
     {"ci_high", "upper end of the 95 % bootstrap interval of the mean"},
     {"p_value", "two-sided sign-flip permutation test of the mean; NaN = class never present"},
     {"q_value", "p_value after Benjamini-Hochberg correction within the scene; NaN = class never present"}}};

void add_evaluation(LayoutBuilder& builder) {
    builder.add("/evaluation/confusion", H5T_STD_U32LE, {"scene", "predicted_scene"},
                "images by true scene (row) and predicted scene (column)", "image");
    const auto count = [&](const char* name, const char* long_name) {
        builder.add(name, H5T_STD_U32LE, {"scene"}, long_name, "image");
    };
    count("/evaluation/scene_images", "images of the scene");
    count("/evaluation/scene_top1", "images of the scene that are recognised: it is the most probable one");
    count("/evaluation/scene_top2", "images of the scene that have it among the 2 most probable");
    count("/evaluation/scene_top5", "images of the scene that have it among the 5 most probable");
}

void add_deviation(LayoutBuilder& builder, DeviationSet set) {
    const std::string group = fmt::format("/deviation/{}/", name_of(set));
    const std::string sample = fmt::format("{}_sample", name_of(set));
    const char* images = set == DeviationSet::correct ? "images of the scene that are recognised (TP)"
                                                      : "images predicted as the scene (Det)";
    builder.add(group + "images", H5T_STD_U32LE, {"scene"}, images, "image");
    builder.add(group + "present", H5T_STD_U32LE, {"scene", "semantic"}, "of them, those where the class is present",
                "image");
    for (const ColumnInfo& info : infos)
        builder.add(group + info.name, H5T_IEEE_F64LE, {"scene", "semantic"}, info.long_name, "1");
    builder.add(group + "sample_offset", H5T_STD_U64LE, {"sample_boundary"},
                "deviations of scene c and class s are entries sample_offset[c*S+s] .. sample_offset[c*S+s+1]", "1");
    builder.add(group + "sample_value", H5T_IEEE_F32LE, {sample},
                "deviation of an image where the class is present, in image order; absent ones are 0 and not stored",
                "1");
    builder.add(group + "sample_image", H5T_STD_U32LE, {sample}, "index of that image in the occlusion file", "1");
}

void add_the_rest(LayoutBuilder& builder) {
    const std::vector<std::string> both{"scene", "semantic"};
    builder.add("/distractor/images", H5T_STD_U32LE, {"scene"}, "images of the scene that are not recognised (FN)",
                "image");
    builder.add("/distractor/strongest", H5T_STD_U32LE, both,
                "of them, those where the class's row has the largest entry of all, in the scene's column", "image");
    builder.add("/distractor/flip", H5T_STD_U32LE, both, "of them, those that are recognised without the class",
                "image");
    builder.add("/distribution/truth", H5T_IEEE_F64LE, both,
                "share of the class in the labelled pixels of the scene's images, in the crop, of the classes with at "
                "least occlusion.min-pixels",
                "1");
    builder.add("/distribution/predicted", H5T_IEEE_F64LE, both, "the same over the images predicted as the scene",
                "1");
    builder.add("/relevance/set", H5T_STD_U8LE, both, "0 absent, 1 relevant, 2 irrelevant, 3 distracting", "1");
}

void build(hdf5::File& file, const StatisticsLayout& layout) {
    LayoutBuilder builder(file);
    const std::uint64_t scenes = layout.scenes.size();
    const std::uint64_t semantics = layout.semantics.size();
    builder.add_dimension("scene", scenes);
    builder.add_dimension("predicted_scene", scenes);
    builder.add_dimension("semantic", semantics);
    builder.add_dimension("sample_boundary", scenes * semantics + 1);
    builder.add_dimension("correct_sample", layout.samples[0]);
    builder.add_dimension("predicted_sample", layout.samples[1]);
    builder.add_names("/scene/name", "scene", layout.scenes, "scene class, in the order of the network's output");
    builder.add_names("/semantic/name", "semantic", layout.semantics, "semantic class; 0 = unlabelled");
    add_evaluation(builder);
    add_deviation(builder, DeviationSet::correct);
    add_deviation(builder, DeviationSet::predicted);
    add_the_rest(builder);
}

hdf5::Handle open_group(const hdf5::File& file, const char* name) {
    return {H5Gopen2(file.id(), name, H5P_DEFAULT), H5Gclose, fmt::format("opening group {}", name)};
}

void write_attributes(const hdf5::File& file, const StatisticsLayout& layout, const Provenance& provenance) {
    hdf5::write_attribute(file.id(), "format", statistics_format);
    hdf5::write_attribute(file.id(), "format_version", statistics_format_version);
    for (const auto& [name, text] : provenance) hdf5::write_attribute(file.id(), name, text);

    const EvaluationSummary& table = layout.evaluation;
    const hdf5::Handle evaluation = open_group(file, "/evaluation");
    hdf5::write_attribute(evaluation.get(), "images", table.images);
    hdf5::write_attribute(evaluation.get(), "unknown", table.unknown);
    hdf5::write_attribute(evaluation.get(), "unreadable", table.unreadable);
    hdf5::write_attribute(evaluation.get(), "pending", table.pending);
    hdf5::write_attribute(evaluation.get(), "loss", table.loss);
    hdf5::write_attribute(evaluation.get(), "top1", table.top1);
    hdf5::write_attribute(evaluation.get(), "top2", table.top2);
    hdf5::write_attribute(evaluation.get(), "top5", table.top5);
    hdf5::write_attribute(evaluation.get(), "mean_class_accuracy", table.mean_class_accuracy);

    const hdf5::Handle deviation = open_group(file, "/deviation");
    hdf5::write_attribute(deviation.get(), "seed", layout.settings.seed);
    hdf5::write_attribute(deviation.get(), "resamples", layout.settings.resamples);
    hdf5::write_attribute(deviation.get(), "permutations", layout.settings.permutations);
    const hdf5::Handle relevance = open_group(file, "/relevance");
    hdf5::write_attribute(relevance.get(), "relevant", layout.settings.relevant);
    hdf5::write_attribute(relevance.get(), "distracting", layout.settings.distracting);
}

}  // namespace

const ColumnInfo& describe(Column column) { return infos.at(static_cast<std::size_t>(column)); }

const char* name_of(DeviationSet set) { return set == DeviationSet::correct ? "correct" : "predicted"; }

void create_statistics_file(const std::filesystem::path& path, const StatisticsLayout& layout,
                            const Provenance& provenance) {
    try {
        hdf5::File file = hdf5::File::create(path);
        build(file, layout);
        write_attributes(file, layout, provenance);
        file.close();
        hdf5::reserve_space(path);
    } catch (const std::exception& error) {
        std::error_code ignored;
        std::filesystem::remove(path, ignored);
        throw IoError(fmt::format("{}: the output cannot be created: {}", path.string(), error.what()));
    }
}

}  // namespace semscope::results
