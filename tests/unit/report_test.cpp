// What a report shows of a run, and how it packs the numbers.
#include "report/gallery.hpp"

#include "report/pack.hpp"

#include <gmock/gmock.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <random>

namespace semscope::report {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Images = std::vector<std::uint64_t>;

const Images& of(const SceneGalleries& scene, Gallery kind) { return scene.images[static_cast<std::size_t>(kind)]; }

TEST(Galleries, AnImageStandsWhereItsTruthAndItsPredictionPutIt) {
    const Predictions predictions{{0, 0, 1, -1, 1, 0}, {0, 1, 1, 0, -1, 1}};
    const auto galleries = choose_galleries(predictions, 3, 0);
    EXPECT_THAT(of(galleries[0], Gallery::correct), ElementsAre(0));
    EXPECT_THAT(of(galleries[0], Gallery::missed), ElementsAre(1, 5));
    EXPECT_THAT(of(galleries[0], Gallery::wrong), IsEmpty());
    EXPECT_THAT(of(galleries[0], Gallery::unknown), ElementsAre(3));
    EXPECT_THAT(of(galleries[1], Gallery::correct), ElementsAre(2));
    EXPECT_THAT(of(galleries[1], Gallery::wrong), ElementsAre(1, 5));
    for (const auto& gallery : galleries[2].images) EXPECT_THAT(gallery, IsEmpty());
    EXPECT_THAT(images_of(galleries), ElementsAre(0, 1, 2, 3, 5));
}

TEST(Galleries, AreCutEvenlyAndSayHowManyThereAre) {
    Predictions predictions;
    predictions.truth.assign(100, 0);
    predictions.predicted.assign(100, 0);
    const auto galleries = choose_galleries(predictions, 1, 4);
    EXPECT_THAT(of(galleries[0], Gallery::correct), ElementsAre(12, 37, 62, 87));
    EXPECT_EQ(galleries[0].total[0], 100U);
}

TEST(Galleries, EvenChoiceTakesDifferentOnesAndAllWhenAsked) {
    Images all(17);
    for (std::uint64_t i = 0; i < all.size(); ++i) all[i] = i;
    for (std::uint64_t most = 1; most < all.size(); ++most) {
        const auto chosen = choose_evenly(all, most);
        ASSERT_EQ(chosen.size(), most);
        for (std::size_t i = 1; i < chosen.size(); ++i) EXPECT_LT(chosen[i - 1], chosen[i]) << most;
    }
    EXPECT_EQ(choose_evenly(all, 0), all);
    EXPECT_EQ(choose_evenly(all, 17), all);
}

TEST(Galleries, ConfusionsAreSortedByCountThenByScene) {
    const Predictions predictions{{0, 2, 2, 0, 1, -1, 1}, {1, 0, 0, 1, 0, 0, 1}};
    EXPECT_THAT(confusions(predictions), ElementsAre(Confusion{0, 1, 2}, Confusion{2, 0, 2}, Confusion{1, 0, 1}));
}

/// Reads a pack back, as the pages do.
struct Unpacked {
    Unpacked(const DeviationPack& pack, std::size_t scenes, std::size_t variants)
        : exact_count(pack.exact.size()), others(scenes - exact_count), column(scenes), is_exact(scenes) {
        const char* place = pack.bytes.data();
        const auto take = [&]<class T>(std::vector<T>& list, std::size_t length) {
            list.resize(length);
            std::memcpy(list.data(), place, length * sizeof(T));
            place += length * sizeof(T);
        };
        take(p, scenes);
        take(exact, variants * exact_count);
        take(halves, others);
        take(base, others);
        take(counts, variants * others);
        EXPECT_EQ(place, pack.bytes.data() + pack.bytes.size());
        for (std::size_t i = 0; i < exact_count; ++i) is_exact[pack.exact[i]] = true;
        std::size_t next_exact = 0, next_other = 0;
        for (std::size_t scene = 0; scene < scenes; ++scene)
            column[scene] = is_exact[scene] ? next_exact++ : next_other++;
    }
    double deviation(std::size_t variant, std::size_t scene) const {
        if (is_exact[scene]) return p[scene] - exact[variant * exact_count + column[scene]];
        const auto step = std::bit_cast<float>(std::uint32_t{halves[column[scene]]} << 16U);
        return static_cast<double>(step) * (base[column[scene]] + counts[variant * others + column[scene]]);
    }
    std::size_t exact_count, others;
    std::vector<std::size_t> column;
    std::vector<bool> is_exact;
    std::vector<float> p, exact;
    std::vector<std::uint16_t> halves;
    std::vector<std::int16_t> base;
    std::vector<std::uint8_t> counts;
};

TEST(DeviationPack, KeepsWhatMattersAndTheRestToLessThanADigit) {
    constexpr std::size_t scenes = 60, variants = 5;
    std::mt19937 random(7);
    std::lognormal_distribution<float> draw(-9, 3);
    std::vector<float> p(scenes), p_s(scenes * variants);
    for (float& value : p) value = std::min(1.0F, draw(random));
    for (std::size_t i = 0; i < p_s.size(); ++i) p_s[i] = std::min(1.0F, p[i % scenes] * (1 + draw(random) * 100));
    for (std::size_t v = 0; v < variants; ++v) {
        p_s[v * scenes + 3] = p[3];                                   // a scene that nothing moves, kept as it is
        p_s[v * scenes + 5] = p[5];                                   // and one that is not
        p_s[v * scenes + 7] = 1e-3F + static_cast<float>(v) * 1e-9F;  // all classes all but alike
    }
    p[7] = 2e-3F;
    const std::vector<std::uint32_t> keep{3, 44};
    const DeviationPack pack = pack_deviations(p, p_s, keep);
    EXPECT_GT(pack.exact.size(), most_probable);
    EXPECT_LT(pack.exact.size(), scenes);
    const Unpacked unpacked(pack, scenes, variants);
    EXPECT_EQ(unpacked.p, p);
    for (const std::size_t scene : {3, 7, 44}) EXPECT_TRUE(unpacked.is_exact[scene]) << scene;
    for (std::size_t c = 0; c < scenes; ++c) {
        std::vector<double> stored;
        for (std::size_t v = 0; v < variants; ++v) stored.push_back(static_cast<double>(p[c] - p_s[v * scenes + c]));
        const auto [low, high] = std::minmax_element(stored.begin(), stored.end());
        EXPECT_TRUE(std::max(std::abs(*low), std::abs(*high)) < static_cast<double>(exact_from) || unpacked.is_exact[c])
            << c;
        for (std::size_t v = 0; v < variants; ++v)
            EXPECT_LE(std::abs(unpacked.deviation(v, c) - stored[v]),
                      unpacked.is_exact[c] ? 1e-7 : (*high - *low) / 500)
                << c << " " << v;
    }
}

TEST(DeviationPack, OneClassAloneHasItsDeviations) {
    const std::vector<float> p(40, 0.025F), p_s(40, 0.0241F);
    const DeviationPack pack = pack_deviations(p, p_s, {});
    EXPECT_EQ(pack.exact.size(), most_probable);
    const Unpacked unpacked(pack, 40, 1);
    for (std::size_t c = 0; c < 40; ++c) EXPECT_NEAR(unpacked.deviation(0, c), 0.0009, 1e-7) << c;
}

TEST(DeviationPack, AnImageWithoutClassesHasItsProbabilities) {
    const std::vector<float> p{0.25F, 0.75F};
    const DeviationPack pack = pack_deviations(p, {}, {});
    EXPECT_THAT(pack.exact, ElementsAre(0, 1));
    EXPECT_EQ(pack.bytes.size(), 2 * sizeof(float));
}

TEST(Base64, IsThatOfTheStandard) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
    EXPECT_EQ(base64(std::string_view("\0\xff\x10", 3)), "AP8Q");
}

}  // namespace
}  // namespace semscope::report
