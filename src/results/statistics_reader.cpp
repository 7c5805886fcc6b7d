#include "semscope/results/statistics_reader.hpp"

#include "schema.hpp"
#include "semscope/base/error.hpp"
#include "semscope/base/limits.hpp"
#include "semscope/base/text.hpp"
#include "semscope/hdf5/attribute.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace semscope::results {

namespace {

std::string in_group(DeviationSet set, const char* name) { return fmt::format("/deviation/{}/{}", name_of(set), name); }

hdf5::Handle open_group(const hdf5::File& file, const char* name) {
    return {H5Gopen2(file.id(), name, H5P_DEFAULT), H5Gclose, fmt::format("opening group {}", name)};
}

}  // namespace

StatisticsReader::StatisticsReader(const std::filesystem::path& path)
    : file_(hdf5::File::open(path, hdf5::Access::read)) {
    require_format(file_, statistics_format, statistics_format_version, "a statistics file");
    scenes_ = class_count(file_, "/scene/name", most_scenes);
    semantics_ = class_count(file_, "/semantic/name", most_semantics);
    for (const char* name : {"evaluation", "deviation", "relevance"})
        if (!file_.has(name)) throw InputError(fmt::format("{}: there is no group {}", path.string(), name));
    require_dataset(file_, "/evaluation/confusion", {scenes_, scenes_}, H5T_INTEGER, 4);
    for (const char* name : {"/evaluation/scene_images", "/evaluation/scene_top1", "/evaluation/scene_top2",
                             "/evaluation/scene_top5", "/distractor/images"})
        require_dataset(file_, name, {scenes_}, H5T_INTEGER, 4);
    require_deviation(DeviationSet::correct);
    require_deviation(DeviationSet::predicted);
    for (const char* name : {"/distractor/strongest", "/distractor/flip"})
        require_dataset(file_, name, {scenes_, semantics_}, H5T_INTEGER, 4);
    for (const char* name : {"/distribution/truth", "/distribution/predicted"})
        require_dataset(file_, name, {scenes_, semantics_}, H5T_FLOAT, 8);
    require_dataset(file_, "/relevance/set", {scenes_, semantics_}, H5T_INTEGER, 1);
}

void StatisticsReader::require_deviation(DeviationSet set) const {
    require_dataset(file_, in_group(set, "images"), {scenes_}, H5T_INTEGER, 4);
    require_dataset(file_, in_group(set, "present"), {scenes_, semantics_}, H5T_INTEGER, 4);
    for (std::size_t i = 0; i < column_count; ++i)
        require_dataset(file_, in_group(set, describe(static_cast<Column>(i)).name), {scenes_, semantics_}, H5T_FLOAT,
                        8);
    require_dataset(file_, in_group(set, "sample_offset"), {scenes_ * semantics_ + 1}, H5T_INTEGER, 8);
    const std::uint64_t samples = extent(file_, in_group(set, "sample_value"));
    require_dataset(file_, in_group(set, "sample_value"), {samples}, H5T_FLOAT, 4);
    require_dataset(file_, in_group(set, "sample_image"), {samples}, H5T_INTEGER, 4);
}

std::string StatisticsReader::attribute(const std::string& name) const {
    return hdf5::has_attribute(file_.id(), name) ? hdf5::read_string_attribute(file_.id(), name) : "";
}

EvaluationSummary StatisticsReader::evaluation() const {
    const hdf5::Handle group = open_group(file_, "/evaluation");
    const auto count = [&](const char* name) { return hdf5::read_integer_attribute(group.get(), name); };
    const auto real = [&](const char* name) { return hdf5::read_real_attribute(group.get(), name); };
    return {count("images"), count("unknown"), count("unreadable"), count("pending"),           real("loss"),
            real("top1"),    real("top2"),     real("top5"),        real("mean_class_accuracy")};
}

StatisticsSettings StatisticsReader::settings() const {
    const hdf5::Handle deviation = open_group(file_, "/deviation");
    const hdf5::Handle relevance = open_group(file_, "/relevance");
    return {hdf5::read_integer_attribute(deviation.get(), "seed"),
            hdf5::read_integer_attribute(deviation.get(), "resamples"),
            hdf5::read_integer_attribute(deviation.get(), "permutations"),
            hdf5::read_real_attribute(relevance.get(), "relevant"),
            hdf5::read_real_attribute(relevance.get(), "distracting")};
}

std::vector<std::string> StatisticsReader::scene_names() const {
    return read_names(file_, "/scene/name", {0, scenes_}, judge_file_name);
}
std::vector<std::string> StatisticsReader::semantic_names() const {
    return read_names(file_, "/semantic/name", {0, semantics_}, judge_name);
}
std::vector<std::uint32_t> StatisticsReader::confusion(Range scenes) const {
    return file_.dataset("/evaluation/confusion").read<std::uint32_t>(scenes);
}
std::vector<std::uint32_t> StatisticsReader::scene_images(Range scenes) const {
    return file_.dataset("/evaluation/scene_images").read<std::uint32_t>(scenes);
}
std::vector<std::uint32_t> StatisticsReader::scene_top(int k, Range scenes) const {
    return file_.dataset(fmt::format("/evaluation/scene_top{}", k)).read<std::uint32_t>(scenes);
}
std::vector<std::uint32_t> StatisticsReader::images(DeviationSet set, Range scenes) const {
    return file_.dataset(in_group(set, "images")).read<std::uint32_t>(scenes);
}
std::vector<std::uint32_t> StatisticsReader::present(DeviationSet set, Range scenes) const {
    return file_.dataset(in_group(set, "present")).read<std::uint32_t>(scenes);
}
std::vector<double> StatisticsReader::column(DeviationSet set, Column column, Range scenes) const {
    auto values = file_.dataset(in_group(set, describe(column).name)).read<double>(scenes);
    if (std::any_of(values.begin(), values.end(), [](double value) { return std::isinf(value); }))
        throw InputError(
            fmt::format("{}: {} holds an infinite value", file_.path().string(), in_group(set, describe(column).name)));
    return values;
}
std::uint64_t StatisticsReader::samples(DeviationSet set) const {
    return file_.dataset(in_group(set, "sample_value")).rows();
}
std::vector<std::uint64_t> StatisticsReader::sample_offsets(DeviationSet set, Range scenes) const {
    const std::string name = in_group(set, "sample_offset");
    const std::uint64_t first = scenes.begin * semantics_;
    auto offsets = file_.dataset(name).read<std::uint64_t>({first, scenes.end * semantics_ + 1});
    require_offsets(file_, name, offsets, first, samples(set));
    return offsets;
}
std::vector<float> StatisticsReader::sample_values(DeviationSet set, Range samples) const {
    return file_.dataset(in_group(set, "sample_value")).read<float>(samples);
}
std::vector<std::uint32_t> StatisticsReader::sample_images(DeviationSet set, Range samples) const {
    return file_.dataset(in_group(set, "sample_image")).read<std::uint32_t>(samples);
}
std::vector<std::uint32_t> StatisticsReader::distractor_images(Range scenes) const {
    return file_.dataset("/distractor/images").read<std::uint32_t>(scenes);
}
std::vector<std::uint32_t> StatisticsReader::strongest(Range scenes) const {
    return file_.dataset("/distractor/strongest").read<std::uint32_t>(scenes);
}
std::vector<std::uint32_t> StatisticsReader::flip(Range scenes) const {
    return file_.dataset("/distractor/flip").read<std::uint32_t>(scenes);
}
std::vector<double> StatisticsReader::distribution_truth(Range scenes) const {
    return file_.dataset("/distribution/truth").read<double>(scenes);
}
std::vector<double> StatisticsReader::distribution_predicted(Range scenes) const {
    return file_.dataset("/distribution/predicted").read<double>(scenes);
}
std::vector<std::uint8_t> StatisticsReader::relevance(Range scenes) const {
    constexpr std::uint8_t last = 3;
    auto sets = file_.dataset("/relevance/set").read<std::uint8_t>(scenes);
    if (std::any_of(sets.begin(), sets.end(), [](std::uint8_t set) { return set > last; }))
        throw InputError(fmt::format("{}: /relevance/set holds an unknown relevance set", file_.path().string()));
    return sets;
}

}  // namespace semscope::results
