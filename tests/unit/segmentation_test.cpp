

// Batches of photos, label files, and what a segmentation network's logits become.
#include "segmentation/label_files.hpp"
#include "segmentation/prediction.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/data/label_map.hpp"
#include "semscope/data/pictures.hpp"
#include "semscope/network/segmenter.hpp"
#include "support/hand_made_network.hpp"
#include "support/numbered_names.hpp"
#include "support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <set>

namespace semscope::segmentation {
namespace {

using data::Image;
using data::ImageSize;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing_support::TemporaryFolder;

std::vector<Photo> photos_of(const std::vector<ImageSize>& sizes, const std::set<std::size_t>& done = {}) {
    std::vector<Photo> photos;
    for (std::size_t i = 0; i < sizes.size(); ++i) photos.push_back({sizes[i], sizes[i], !done.contains(i)});
    return photos;
}

TEST(InputSize, TheShorterSideIsAsAskedAndTheShapeStays) {
    EXPECT_EQ(input_size({640, 480}, 0), (ImageSize{640, 480}));
    EXPECT_EQ(input_size({640, 480}, 240), (ImageSize{320, 240}));
    EXPECT_EQ(input_size({300, 1001}, 100), (ImageSize{100, 334}));
    EXPECT_EQ(input_size({1, 5000}, 1), (ImageSize{1, 5000}));
}

TEST(MakeBatches, PhotosOfOneSizeGoTogetherAndOddOnesWithoutPadding) {
    const std::vector<ImageSize> sizes{{8, 6}, {6, 8}, {8, 6}, {8, 6}, {9, 9}};
    const auto batches = make_batches(photos_of(sizes), 2);
    std::vector<std::uint64_t> all;
    for (const Batch& batch : batches) {
        for (const std::uint64_t image : batch.images) EXPECT_EQ(sizes[image], batch.input);
        EXPECT_LE(batch.images.size(), batch.length);
        EXPECT_EQ(batch.length, batch.input == ImageSize({8, 6}) ? 2U : 1U);
        all.insert(all.end(), batch.images.begin(), batch.images.end());
    }
    EXPECT_THAT(all, testing::UnorderedElementsAre(0, 1, 2, 3, 4));
}

TEST(MakeBatches, TheShapeOfAForwardDoesNotDependOnWhatIsDone) {
    const std::vector<ImageSize> sizes(5, ImageSize{4, 4});
    for (const std::set<std::size_t>& done : {std::set<std::size_t>{0, 1, 2, 3}, {0, 2}, {}})
        for (const Batch& batch : make_batches(photos_of(sizes, done), 3)) EXPECT_EQ(batch.length, 3U);
    EXPECT_TRUE(make_batches(photos_of(sizes, {0, 1, 2, 3, 4}), 3).empty());
}

TEST(ShareBatches, RanksGetNearlyEqualNumbersOfPixels) {
    std::vector<Batch> batches{{{10, 10}, 1, {0}}, {{10, 10}, 1, {1}}, {{20, 10}, 1, {2}}, {{10, 10}, 2, {3, 4}}};
    EXPECT_THAT(share_batches(batches, 3), ElementsAre(0, 2, 3, 4));
    EXPECT_THAT(share_batches({}, 2), ElementsAre(0, 0, 0));
}

/// A network whose logits can be written down: label k of 3 has 10 times channel k of the normalised photo.
network::SegmenterOptions linear(const std::filesystem::path& path, const std::string& body) {
    testing_support::write_network(path, body);
    network::SegmenterOptions options;
    options.path = path;
    options.colours.mean = {0, 0, 0};
    options.colours.std = {1, 1, 1};
    options.probe = {8, 8};
    return options;
}

/// A photo whose pixels have these colours, row by row.
Image photo(ImageSize size, const std::vector<std::array<std::uint8_t, 3>>& pixels) {
    Image image{size, 3, {}};
    for (const auto& pixel : pixels) image.pixels.insert(image.pixels.end(), pixel.begin(), pixel.end());
    return image;
}

const Image four = photo({2, 2}, {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {0, 200, 255}});
const std::vector<ImageSize> two_by_two{{2, 2}};

TEST(Segmenter, ClassesAreRankedByProbability) {
    const TemporaryFolder folder;
    network::Segmenter segmenter(linear(folder.path() / "n.ts", "return x * 10"));
    EXPECT_EQ(segmenter.labels(), 3U);
    const auto result = segmenter.segment(std::span(&four, 1), two_by_two, 2)[0];
    EXPECT_THAT(result.classes[0], ElementsAre(0, 1, 2, 2));
    EXPECT_EQ(result.classes[1][3], 1);
    const double e = std::exp(10.0), f = std::exp(10.0 * 200 / 255);
    EXPECT_EQ(result.scores[0][0], std::lround(255 * e / (e + 2)));
    EXPECT_EQ(result.scores[1][3], std::lround(255 * f / (e + f + 1)));
}

TEST(Segmenter, SeveralLabelsMayMeanOneClassAndIgnoredOnesMeanNone) {
    const TemporaryFolder folder;
    network::Segmenter segmenter(linear(folder.path() / "n.ts", "return x * 10"));
    segmenter.set_mapping(std::vector<std::uint16_t>{7, 0, 7});
    const auto result = segmenter.segment(std::span(&four, 1), two_by_two, 1)[0];
    EXPECT_THAT(result.classes[0], ElementsAre(7, 0, 7, 7));
    EXPECT_THAT(result.classes[2], ElementsAre(0, 0, 0, 0));  // there are two classes only
    EXPECT_THROW(segmenter.set_mapping(std::vector<std::uint16_t>{1, 2}), InputError);
}

TEST(Segmenter, WhatIsNotSureIsUnlabelled) {
    const TemporaryFolder folder;
    auto options = linear(folder.path() / "n.ts", "return x * 10 + torch.tensor([0., 1., 0.]).view(1, 3, 1, 1)");
    options.min_confidence = 0.9F;
    network::Segmenter segmenter(options);
    segmenter.set_mapping(std::vector<std::uint16_t>{1, 2, 3});
    // The last pixel: 255 blue against 200 green of 10 + 1 logits, 0.76.
    EXPECT_THAT(segmenter.segment(std::span(&four, 1), two_by_two, 1)[0].classes[0], ElementsAre(1, 2, 3, 0));
}

TEST(Segmenter, FlippingAveragesWithTheMirroredPhoto) {
    const TemporaryFolder folder;
    // Looks one pixel to the left: a network that is not symmetric.
    auto options = linear(folder.path() / "n.ts", "return torch.roll(x, 1, 3) * 10");
    options.flip = true;
    network::Segmenter segmenter(options);
    const Image row = photo({4, 1}, {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {0, 0, 255}});
    const std::vector<ImageSize> size{{4, 1}};
    const auto result = segmenter.segment(std::span(&row, 1), size, 1)[0];
    // Pixel 1 sees red (0) from the left and blue (2) from the right: one half each.
    EXPECT_NEAR(result.scores[0][1], 127, 1);
    EXPECT_EQ(result.classes[0][1] + result.classes[1][1], 2);
}

TEST(Segmenter, ProbabilitiesOfTheNetworkGiveWhatItsLogitsGive) {
    const TemporaryFolder folder;
    const Image image = photo({4, 1}, {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {90, 100, 95}});
    const std::vector<ImageSize> larger{{9, 5}};  // interpolated
    const auto result_of = [&](const std::string& body, ModelOutput output) {
        auto options = linear(folder.path() / "n.ts", body);
        options.output = output;
        options.min_confidence = 0.5;
        options.photo = image;
        options.probe = image.size;
        return network::Segmenter(options).segment(std::span(&image, 1), larger, 1)[0];
    };
    const auto expected = result_of("return x * 10", ModelOutput::logits);
    for (const auto& [body, output] : std::vector<std::pair<std::string, ModelOutput>>{
             {"return torch.softmax(x * 10, 1)", ModelOutput::probabilities},
             {"return torch.softmax(x * 10, 1)", ModelOutput::automatic},
             {"return torch.log_softmax(x * 10, 1)", ModelOutput::automatic},
             {"return x * 10", ModelOutput::automatic}}) {
        const auto result = result_of(body, output);
        EXPECT_EQ(result.classes, expected.classes) << body;
        EXPECT_EQ(result.scores, expected.scores) << body;
    }
}

TEST(Segmenter, WhatIsDeclaredIsCheckedAtTheStartAndForEveryPhoto) {
    const TemporaryFolder folder;
    auto options = linear(folder.path() / "n.ts", "return torch.softmax(x * 10, 1)");
    EXPECT_THAT([&] { network::Segmenter{options}; },
                testing::ThrowsMessage<InputError>(testing::HasSubstr("set segment.output = probabilities")));
    // Probabilities for dark photos alone.
    auto dark =
        linear(folder.path() / "n.ts", "return torch.softmax(x, 1) * (1 + (x.mean([1, 2, 3], True) > 0.6).float())");
    dark.output = ModelOutput::probabilities;
    dark.photo = four;
    dark.probe = four.size;
    network::Segmenter segmenter(dark);
    EXPECT_NO_THROW(segmenter.segment(std::span(&four, 1), two_by_two, 1));
    const Image bright = photo({2, 2}, {{255, 255, 255}, {255, 255, 255}, {255, 255, 255}, {255, 255, 255}});
    EXPECT_THAT([&] { segmenter.segment(std::span(&bright, 1), two_by_two, 1); },
                testing::ThrowsMessage<InferenceError>(testing::HasSubstr("segment.output = probabilities")));
}

TEST(Segmenter, CoarseLogitsAreInterpolatedAsTorchDoes) {
    const TemporaryFolder folder;
    // The same logits, interpolated by the network itself and by the segmenter.
    auto inside = linear(folder.path() / "inside.ts",
                         "return torch.upsample_bilinear2d(torch.avg_pool2d(x, [4, 4]), [13, 22], False) * 4");
    auto outside = linear(folder.path() / "outside.ts", "return torch.avg_pool2d(x, [4, 4]) * 4");
    Image noise{{24, 16}, 3, {}};
    for (int i = 0; i < 24 * 16 * 3; ++i) noise.pixels.push_back(static_cast<std::uint8_t>((i * 7919) % 251));
    const std::vector<ImageSize> size{{22, 13}};
    const auto expected = network::Segmenter(inside).segment(std::span(&noise, 1), size, 1)[0];
    const auto result = network::Segmenter(outside).segment(std::span(&noise, 1), size, 1)[0];
    for (std::size_t rank = 0; rank < 3; ++rank)
        for (std::size_t i = 0; i < result.scores[rank].size(); ++i)
            EXPECT_NEAR(result.scores[rank][i], expected.scores[rank][i], 1) << rank << " " << i;
    EXPECT_EQ(result.classes[0], expected.classes[0]);
}

TEST(Segmenter, DictionariesAndTuplesOfTensorsAreUnderstood) {
    const TemporaryFolder folder;
    for (const std::string body : {"return {'aux': x, 'out': x * 10}", "return (x * 10, x)"}) {
        network::Segmenter segmenter(linear(folder.path() / "n.ts", body));
        EXPECT_THAT(segmenter.segment(std::span(&four, 1), two_by_two, 1)[0].classes[0], ElementsAre(0, 1, 2, 2));
    }
}

TEST(Segmenter, NetworksThatAreNoneAreRefusedWithTheReason) {
    const TemporaryFolder folder;
    const auto message = [&](const std::string& body) {
        try {
            network::Segmenter segmenter(linear(folder.path() / "n.ts", body));
            return std::string("taken");
        } catch (const InputError& error) {
            return std::string(error.what());
        }
    };
    EXPECT_THAT(message("return x.mean([2, 3])"), AllOf(HasSubstr("n.ts"), HasSubstr("[1,K,h,w]")));
    EXPECT_THAT(message("return {'aux': x}"), HasSubstr("\"out\""));
    EXPECT_THAT(message("return x.view([1, 2])"), HasSubstr("does not take [1,3,8,8]"));
    network::Segmenter broken(linear(folder.path() / "n.ts", "return x / (x - x)"));
    EXPECT_THROW(broken.segment(std::span(&four, 1), two_by_two, 1), InferenceError);
}

TEST(Segmenter, ANetworkThatIsNoFunctionOfOnePhotoIsRefusedWithTheCause) {
    const TemporaryFolder folder;
    const auto refuses = [&](const std::string& body, const std::string& words, std::size_t batch = 2) {
        auto options = linear(folder.path() / "n.ts", body);
        options.batch = batch;
        EXPECT_THAT([&] { network::Segmenter{options}; },
                    testing::ThrowsMessage<InputError>(AllOf(HasSubstr("n.ts"), HasSubstr(words))))
            << body;
    };
    refuses("return torch.dropout(x * 10, 0.5, True)", "other scores each time", 1);
    refuses("return x * 10 + torch.randn_like(x) * 0.01", "without dropout, noise or state");
    refuses("return (x - x.mean(0, keepdim=True)) * 10 + x", "depend on the other photos of its batch");
    refuses("return torch.batch_norm(x, None, None, None, None, True, 0.1, 1e-5, False)", "batch statistics");
    auto alone =
        linear(folder.path() / "n.ts", "return torch.batch_norm(x, None, None, None, None, True, 0.1, 1e-5, False)");
    alone.batch = 1;
    EXPECT_EQ(network::Segmenter(alone).labels(), 3U) << "without neighbours it depends on none";
}

TEST(Segmenter, ANetworkThatTakesOnePhotoAtATimeGetsPhotosOneByOne) {
    const TemporaryFolder folder;
    const std::vector<Image> photos{four, photo({2, 2}, {{0, 0, 9}, {9, 0, 0}, {0, 9, 0}, {9, 0, 0}})};
    const std::vector<ImageSize> sizes(2, four.size);
    for (const char* body : {"assert x.size(0) == 1\nreturn x * 10", "return x[:1] * 10"}) {
        network::Segmenter segmenter(linear(folder.path() / "n.ts", body));
        ASSERT_EQ(segmenter.remarks().size(), 1U) << body;
        EXPECT_THAT(segmenter.remarks()[0].text, HasSubstr("one by one"));
        const auto results = segmenter.segment(photos, sizes, 2);
        EXPECT_THAT(results[0].classes[0], ElementsAre(0, 1, 2, 2)) << body;
        EXPECT_THAT(results[1].classes[0], ElementsAre(2, 0, 1, 0)) << body;
    }
}

network::Segmentation some_segmentation() {
    network::Segmentation result;
    result.classes = {{{0, 1, 2, 3}, {4, 0, 1, 1}, {5, 6, 0, 2}}};
    result.scores = {{{255, 200, 150, 100}, {0, 50, 60, 70}, {0, 1, 2, 3}}};
    return result;
}

TEST(LabelFiles, AreReadBackAsTheyWereMeant) {
    const TemporaryFolder folder;
    for (const LabelLayout layout : {LabelLayout::top1, LabelLayout::top3}) {
        const LabelFiles files{folder.path() / "labels", folder.path() / "scores", {}, {}, 8, layout};
        EXPECT_FALSE(layout == LabelLayout::top1 && files.whole("val/a/b.jpg", {2, 2}));
        files.write("val/a/b.jpg", {2, 2}, some_segmentation());
        EXPECT_TRUE(files.whole("val/a/b.jpg", {2, 2}));
        EXPECT_FALSE(files.whole("val/a/b.jpg", {4, 1}));
        const auto map = data::read_label_map(folder.path() / "labels/val/a/b.png",
                                              data::LabelDecoder({}, testing_support::numbered_names(10)));
        EXPECT_THAT(map.labels, ElementsAre(0, 1, 2, 3));
    }
    data::LabelCoding second;
    second.channel = data::LabelChannel::green;
    EXPECT_THAT(data::read_label_map(folder.path() / "labels/val/a/b.png",
                                     data::LabelDecoder(second, testing_support::numbered_names(10)))
                    .labels,
                ElementsAre(4, 0, 1, 1));
    const data::StoredLabels scores = data::read_label_image(folder.path() / "scores/val/a/b.png");
    EXPECT_THAT(std::vector(scores.bytes.begin(), scores.bytes.begin() + 6), ElementsAre(0, 0, 255, 1, 50, 200));
}

TEST(LabelFiles, ATornOrMissingFileIsNotWhole) {
    const TemporaryFolder folder;
    const LabelFiles files{folder.path() / "labels", folder.path() / "scores", {}, {}, 8, LabelLayout::top1};
    files.write("x.jpg", {2, 2}, some_segmentation());
    std::filesystem::remove(folder.path() / "scores/x.png");
    EXPECT_FALSE(files.whole("x.jpg", {2, 2}));
    files.write("x.jpg", {2, 2}, some_segmentation());
    std::filesystem::resize_file(folder.path() / "labels/x.png", 40);
    EXPECT_FALSE(files.whole("x.jpg", {2, 2}));
}

TEST(StoredValue, IsWhatTheReaderDecodes) {
    for (const data::LabelCoding& coding : {data::LabelCoding{}, data::LabelCoding{data::LabelChannel::gray, 0, 0},
                                            data::LabelCoding{data::LabelChannel::gray, 7, 200}})
        for (const int bits : {8, 16})
            for (std::uint16_t semantic = 0; semantic < 150; ++semantic) {
                const int label = (data::stored_value(semantic, coding, bits) + coding.offset) & ((1 << bits) - 1);
                EXPECT_EQ(label == coding.unlabelled ? 0 : label, semantic);
            }
    EXPECT_EQ(data::stored_value(3688, {data::LabelChannel::gray, 0, 0}, data::label_bits(3689)), 3688);
    EXPECT_THROW(data::require_codable({data::LabelChannel::gray, 0, 20}, 31), UsageError);
    EXPECT_NO_THROW(data::require_codable({data::LabelChannel::gray, 0, 31}, 31));
}

const std::vector<std::string> semantics{"unlabelled", "wall", "night stand", "sofa"};

data::LabelMapping mapping_of(const std::string& text) {
    const TemporaryFolder folder;
    std::ofstream(folder.path() / "map.txt") << text;
    return data::read_label_mapping(folder.path() / "map.txt", semantics);
}

TEST(LabelMapping, NamesIndicesAndIgnoreAreUnderstood) {
    EXPECT_THAT(mapping_of("# labels\n0 ignore\n1\tnight stand\n3 3\n2 wall\n"), ElementsAre(0, 2, 1, 3));
}

TEST(LabelMapping, EveryFaultIsNamedAtOnceWithItsLine) {
    try {
        mapping_of("0 wal\n0 sofa\nx y\n5 9\n3 ignore\n");
        FAIL() << "taken";
    } catch (const InputError& error) {
        EXPECT_THAT(error.what(),
                    AllOf(HasSubstr("map.txt:1: there is no class \"wal\"; nearest: wall"),
                          HasSubstr("map.txt:2: label 0 stands in an earlier line"), HasSubstr("map.txt:3: expected"),
                          HasSubstr("map.txt:4: class 9 is not in the table of 3 classes"),
                          HasSubstr("label 1 is missing"), HasSubstr("label 4 is missing")));
    }
}

TEST(LabelMapping, WithoutOneTheOutputsAreTheClasses) {
    EXPECT_THAT(data::identity_mapping(3, 4), ElementsAre(1, 2, 3));
    EXPECT_THAT(data::identity_mapping(4, 4), ElementsAre(0, 1, 2, 3));
    EXPECT_THROW(data::identity_mapping(32, 4), InputError);
}

}  // namespace
}  // namespace semscope::segmentation
