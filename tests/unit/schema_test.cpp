

// One table for each file format: files, readers and documentation follow it.
#include "results/comparison_schema.hpp"
#include "results/occlusion_schema.hpp"
#include "results/statistics_schema.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/hdf5/dataset.hpp"
#include "semscope/results/occlusion_file.hpp"
#include "semscope/results/statistics_file.hpp"
#include "support/generated_table.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace semscope::results {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

OcclusionLayout occlusion_layout() {
    return {
        .images = 2,
        .variants = 3,
        .scenes = {"kitchen", "street"},
        .semantics = {"unlabelled", "wall", "car"},
        .maximum_path_bytes = 5,
        .image_path = [](std::uint64_t i) { return "val/" + std::to_string(i); },
        .attribution = {
            .shapley = true, .orders = {"deviation", "shapley", "area", "random 1"}, .interactions = true, .pairs = 1}};
}

StatisticsLayout statistics_layout() {
    return {.scenes = {"kitchen", "street"},
            .semantics = {"unlabelled", "wall", "car"},
            .samples = {4, 5},
            .evaluation = {1, 2, 3, 9, 4, 0.5, 60, 70, 80, 55, 44},
            .settings = {6, 7, 8, 0.25, 0.125, 1, 1},
            .images = 2,
            .flips = 3,
            .maximum_path_bytes = 5,
            .image_paths = [](Range images) { return std::vector<std::string>(images.size(), "val/1"); },
            .order_kinds = {"deviation", "random"},
            .shapley = true,
            .pairs = {{1, 2}}};
}

ComparisonLayout comparison_layout() {
    ComparisonLayout layout;
    layout.scenes = {"kitchen", "street"};
    layout.semantics = {"unlabelled", "wall", "car"};
    layout.images = 2;
    layout.maximum_path_bytes = 5;
    layout.explanations = 3;
    layout.summary = {1, 2, 3, 4, 5, 6, 7, 8, 9, {0.5, 0.25, 0.75}, 10, {0.125, 0.0, 1.0}, 0.01, 11, 12, 13};
    return layout;
}

/// A file of each format, as it is created.
class Schemas : public testing::Test {
  protected:
    void SetUp() override {
        create_occlusion_file(occlusion_, occlusion_layout(), {}, 1);
        create_statistics_file(statistics_, statistics_layout(), {});
        create_comparison_file(comparison_, comparison_layout(), {}, [](const PathWriter& write) {
            write(0, {"val/0", "val/1"});
        });
    }

    testing_support::TemporaryFolder folder_;
    std::filesystem::path occlusion_ = folder_.path() / "occlusion.h5";
    std::filesystem::path statistics_ = folder_.path() / "statistics.h5";
    std::filesystem::path comparison_ = folder_.path() / "comparison.h5";
};

std::vector<std::string> paths_of(const Schema& schema) {
    std::vector<std::string> paths;
    for (const DatasetSpec& spec : schema.datasets()) paths.push_back(spec.path);
    for (const Dimension dimension : schema.dimensions()) paths.push_back(scale_of(dimension).path);
    std::sort(paths.begin(), paths.end());
    return paths;
}

std::uint64_t stored_bytes(const hdf5::File& file) {
    std::uint64_t bytes = 0;
    for (const std::string& name : file.dataset_names()) bytes += H5Dget_storage_size(file.dataset(name).id());
    return bytes;
}

TEST_F(Schemas, FilesHoldTheDatasetsOfTheTableAndNoOthers) {
    EXPECT_EQ(hdf5::File::open(occlusion_, hdf5::Access::read).dataset_names(), paths_of(occlusion_schema()));
    EXPECT_EQ(hdf5::File::open(statistics_, hdf5::Access::read).dataset_names(), paths_of(statistics_schema()));
    EXPECT_EQ(hdf5::File::open(comparison_, hdf5::Access::read).dataset_names(), paths_of(comparison_schema()));
}

// What older versions wrote, and what a run without attributions still writes.
TEST_F(Schemas, FilesWithoutAttributionsHoldWhatTheyAlwaysHeld) {
    OcclusionLayout layout = occlusion_layout();
    layout.attribution = {};
    const auto path = folder_.path() / "plain.h5";
    create_occlusion_file(path, layout, {}, 1);
    const auto file = hdf5::File::open(path, hdf5::Access::read);
    EXPECT_THAT(file.dataset_names(),
                testing::ElementsAre("/dim_image", "/dim_image_boundary", "/dim_scene", "/dim_semantic", "/dim_variant",
                                     "/image/label_digest", "/image/loss", "/image/path", "/image/photo_digest",
                                     "/image/probability", "/image/scene", "/image/status", "/image/variant_offset",
                                     "/scene/name", "/semantic/name", "/variant/image", "/variant/pixels",
                                     "/variant/probability", "/variant/semantic"));
    EXPECT_EQ(occlusion_file_bytes(layout), stored_bytes(file));
    const OcclusionReader reader(path);
    EXPECT_FALSE(reader.has_shapley() || reader.has_curves() || reader.has_interactions());
}

TEST_F(Schemas, EachPartOfAFileStandsForItself) {
    const auto path = folder_.path() / "part.h5";
    const auto create = [&](AttributionLayout attribution) {
        OcclusionLayout layout = occlusion_layout();
        layout.attribution = std::move(attribution);
        std::filesystem::remove(path);
        create_occlusion_file(path, layout, {}, 1);
        return OcclusionReader(path);
    };
    {
        const OcclusionReader file = create({.shapley = true, .orders = {}, .interactions = false, .pairs = 0});
        EXPECT_TRUE(file.has_shapley() && file.has_empty_probabilities());
        EXPECT_FALSE(file.has_curves() || file.has_interactions());
    }
    {
        const OcclusionReader file = create({.shapley = false, .orders = {"area"}, .interactions = false, .pairs = 0});
        EXPECT_TRUE(file.has_curves() && file.has_empty_probabilities());
        EXPECT_FALSE(file.has_shapley() || file.has_interactions());
        EXPECT_THAT(file.orders(), testing::ElementsAre("area"));
    }
    const OcclusionReader file = create({.shapley = false, .orders = {}, .interactions = true, .pairs = 1});
    EXPECT_TRUE(file.has_interactions());
    EXPECT_FALSE(file.has_shapley() || file.has_curves() || file.has_empty_probabilities());
    EXPECT_EQ(file.pairs(), 1);
}

TEST_F(Schemas, DatasetsTellTheirMeaningAndUnits) {
    const auto file = hdf5::File::open(statistics_, hdf5::Access::read);
    for (const DatasetSpec& spec : statistics_schema().datasets()) {
        const auto dataset = file.dataset(spec.path);
        EXPECT_EQ(hdf5::read_string_attribute(dataset.id(), "long_name"), spec.long_name) << spec.path;
        EXPECT_EQ(hdf5::has_attribute(dataset.id(), "units"), !spec.units.empty()) << spec.path;
    }
}

TEST_F(Schemas, ThePlanTellsTheBytesThatTheDatasetsTake) {
    EXPECT_EQ(occlusion_file_bytes(occlusion_layout()), stored_bytes(hdf5::File::open(occlusion_, hdf5::Access::read)));
}

TEST_F(Schemas, ReadersMissEveryDatasetOfTheTable) {
    const auto expect_missed = [](const std::filesystem::path& path, const Schema& schema, const auto& open) {
        for (const DatasetSpec& spec : schema.datasets()) {
            const auto damaged = path.parent_path() / "damaged.h5";
            std::filesystem::copy_file(path, damaged, std::filesystem::copy_options::overwrite_existing);
            hdf5::check(
                H5Ldelete(hdf5::File::open(damaged, hdf5::Access::read_write).id(), spec.path.c_str(), H5P_DEFAULT),
                "deleting");
            EXPECT_THAT([&] { open(damaged); }, ThrowsMessage<InputError>(HasSubstr("no dataset " + spec.path)));
        }
    };
    expect_missed(occlusion_, occlusion_schema(), [](const auto& path) { const OcclusionReader file(path); });
    expect_missed(statistics_, statistics_schema(), [](const auto& path) { const StatisticsReader file(path); });
    expect_missed(comparison_, comparison_schema(), [](const auto& path) { const ComparisonReader file(path); });
}

TEST_F(Schemas, AttributesComeBackAsTheyWereWritten) {
    const StatisticsReader file(statistics_);
    const auto values = [](const EvaluationSummary& summary, const StatisticsSettings& settings) {
        std::vector<double> all;
        const auto add = [&](const AttributeSpec&, auto value) { all.push_back(static_cast<double>(value)); };
        visit_evaluation(summary, add);
        visit_settings(settings, add);
        return all;
    };
    const StatisticsLayout layout = statistics_layout();
    EXPECT_EQ(values(file.evaluation(), file.settings()), values(layout.evaluation, layout.settings));

    const ComparisonReader comparison(comparison_);
    const auto summary_values = [](const ComparisonSummary& summary) {
        std::vector<double> all;
        visit_comparison(summary, [&](const AttributeSpec&, auto value) { all.push_back(static_cast<double>(value)); });
        return all;
    };
    EXPECT_EQ(summary_values(comparison.summary()), summary_values(comparison_layout().summary));
    EXPECT_EQ(comparison.image_paths({0, 2}), (std::vector<std::string>{"val/0", "val/1"}));
}

TEST_F(Schemas, WhatAComparisonFileMustNotHoldIsRefused) {
    const auto change = [&](const char* name, auto value) {
        const auto file = hdf5::File::open(comparison_, hdf5::Access::read_write);
        auto dataset = file.dataset(name);
        const std::vector values(dataset.row_length(), value);
        dataset.template write<decltype(value)>(Range{0, 1}, values);
    };
    change("/image/scene", std::int32_t{7});
    EXPECT_THAT(
        [&] {
            (void)ComparisonReader(comparison_).read_images({0, 2});
        },
        ThrowsMessage<InputError>(HasSubstr("/image/scene holds an unknown scene")));
    change("/difference/mean", std::numeric_limits<double>::infinity());
    EXPECT_THAT(
        [&] {
            (void)ComparisonReader(comparison_).read_scenes({0, 2});
        },
        ThrowsMessage<InputError>(HasSubstr("/difference/mean holds an infinite value")));
    change("/explanation/image", std::uint32_t{2});
    EXPECT_THAT(
        [&] {
            (void)ComparisonReader(comparison_).read_explanations({0, 1});
        },
        ThrowsMessage<InputError>(HasSubstr("/explanation/image")));
    change("/explanation/image", std::uint32_t{1});
    change("/explanation/role", std::uint8_t{4});
    EXPECT_THAT(
        [&] {
            (void)ComparisonReader(comparison_).read_explanations({0, 1});
        },
        ThrowsMessage<InputError>(HasSubstr("/explanation/role holds an unknown role")));
}

// `SEMSCOPE_UPDATE_DOCUMENTATION=1 build/release/tests/unit_results` writes the tables.
TEST(FileFormats, TheTablesOfTheDocumentationAreGeneratedFromTheSchemas) {
    const std::filesystem::path documentation = SEMSCOPE_SOURCE_DIR "/docs/formats.md";
    testing_support::expect_generated(documentation, "of occlusion.h5 ", documentation_table(occlusion_schema()));
    testing_support::expect_generated(documentation, "of statistics.h5 ",
                                      documentation_table(documented_statistics_schema()));
    std::string attributes = "| group | attribute | meaning |\n|---|---|---|\n";
    const auto add = [&](const AttributeSpec& spec, auto) {
        attributes += std::string("| ") + spec.group + " | " + spec.name + " | " + spec.meaning + " |\n";
    };
    const StatisticsLayout layout;
    visit_evaluation(layout.evaluation, add);
    visit_settings(layout.settings, add);
    testing_support::expect_generated(documentation, "of attributes ", attributes);

    testing_support::expect_generated(documentation, "of comparison.h5 ", documentation_table(comparison_schema()));
    attributes = "| group | attribute | meaning |\n|---|---|---|\n";
    const ComparisonSummary summary;
    visit_comparison(summary, add);
    testing_support::expect_generated(documentation, "of attributes of comparison.h5 ", attributes);
}

}  // namespace
}  // namespace semscope::results
