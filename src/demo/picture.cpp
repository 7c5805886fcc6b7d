#include "semscope/demo/picture.hpp"

#include "files.hpp"
#include "semscope/data/image.hpp"
#include "stage.hpp"

#include <fmt/format.h>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace semscope::demo {
namespace {

/// The k-th combination of the deciding objects, k counting in binary.
std::vector<Semantic> combination(const std::vector<Semantic>& all, std::uint32_t k) {
    std::vector<Semantic> chosen;
    for (std::size_t i = 0; i < all.size(); ++i)
        if ((k >> i) & 1U) chosen.push_back(all[i]);
    return chosen;
}

std::vector<Semantic> deciding_objects(const PictureRequest& request) {
    const std::vector<Semantic>& all = facts_of(request.scene).deciding;
    const std::uint32_t combinations = (1U << all.size()) - 1U;  // the empty one left out
    if (request.purpose == Purpose::training && request.index % 4 == 3) return {};

    // In training the index is thinned by the pictures without, so count only the others.
    const std::uint32_t turn = request.purpose == Purpose::training ? request.index - request.index / 4 : request.index;
    return combination(all, 1U + turn % combinations);
}

/// Light from somewhere, darker towards the edges of the picture, a tint and the grain of a sensor.
void finish(Stage& stage) {
    RandomStream& random = stage.random;
    const float lit_x = random.uniform(60.0F, 196.0F), lit_y = random.uniform(30.0F, 150.0F);
    const float spread = random.uniform(0.1F, 0.28F), exposure = random.uniform(0.94F, 1.12F),
                warm = random.uniform(-0.05F, 0.06F);
    const float grain = random.uniform(0.008F, 0.02F);
    const Colour tint = Colour(1.0F + warm, 1.0F, 1.0F - warm) * exposure;
    for (int y = 0; y < Canvas::size; ++y)
        for (int x = 0; x < Canvas::size; ++x) {
            const float dx = (static_cast<float>(x) - lit_x) / 180.0F, dy = (static_cast<float>(y) - lit_y) / 180.0F;
            const float light = 1.0F + 0.06F - spread * std::min(1.5F, dx * dx + dy * dy);
            const std::uint32_t bits = random.bits();
            Colour& pixel = stage.canvas.photo()(y, x);
            pixel = pixel.mul(tint) * light;
            for (int c = 0; c < 3; ++c)
                pixel[c] += grain * (static_cast<float>((bits >> (8 * c)) & 0xffU) / 127.5F - 1.0F);
        }
}

Picture to_picture(Stage& stage) {
    Picture picture;
    constexpr std::size_t pixels = static_cast<std::size_t>(Canvas::size) * Canvas::size;
    picture.rgb.reserve(3 * pixels);
    picture.labels.reserve(pixels);
    for (int y = 0; y < Canvas::size; ++y)
        for (int x = 0; x < Canvas::size; ++x) {
            for (int c = 0; c < 3; ++c) {
                const float value = std::clamp(stage.canvas.photo()(y, x)[c], 0.0F, 1.0F);
                picture.rgb.push_back(static_cast<std::uint8_t>(std::lround(255.0F * value)));
            }
            picture.labels.push_back(stage.canvas.label()(y, x));
        }
    return picture;
}

}  // namespace

bool shows(const Contents& contents, Semantic semantic) {
    return std::find(contents.deciding.begin(), contents.deciding.end(), semantic) != contents.deciding.end();
}

Contents contents_of(const PictureRequest& request) {
    Contents contents{deciding_objects(request), false, false};
    // Prime periods, so that the bias keeps no step with the combinations of deciding objects.
    if (request.scene == planted_bias.scene)
        contents.bias = request.index % 11 != 7;
    else if (facts_of(request.scene).indoor)
        contents.bias = request.index % 13 == 4;
    contents.distractor =
        request.purpose == Purpose::validation && request.scene == planted_distractor.scene && request.index % 3 == 1;
    return contents;
}

Picture draw_picture(const PictureRequest& request) {
    const auto scene = static_cast<std::uint32_t>(request.scene);
    Stage stage(RandomStream(request.seed, request.purpose, scene, request.index));
    const Contents contents = contents_of(request);
    if (facts_of(request.scene).indoor)
        draw_indoor(stage, contents);
    else
        draw_outdoor(stage, contents);
    finish(stage);
    return to_picture(stage);
}
namespace {

/// For each class some other class, as the second and third label that a segmenter would give.
std::array<std::uint8_t, 256> decoys(const PictureRequest& request, std::uint32_t which) {
    constexpr std::uint32_t apart_from_drawing = 0x80000000;
    const auto major = static_cast<std::uint32_t>(request.scene) + apart_from_drawing * which;
    RandomStream random(request.seed, request.purpose, major, request.index + apart_from_drawing);
    std::array<std::uint8_t, 256> table{};
    for (auto& decoy : table) decoy = static_cast<std::uint8_t>(random.integer(0, 149));
    return table;
}

/// The label minus 1 in blue, so that 255 is unlabelled; decoys in red and green.
data::Image label_image(const PictureRequest& request, const Picture& picture) {
    const auto second = decoys(request, 0), third = decoys(request, 1);
    data::Image image{{picture_size, picture_size}, 3, {}};
    image.pixels.reserve(3 * picture.labels.size());
    for (const std::uint8_t label : picture.labels)
        for (const std::uint8_t value : {third[label], second[label], static_cast<std::uint8_t>(label - 1)})
            image.pixels.push_back(value);
    return image;
}

}  // namespace

void write_picture(const std::filesystem::path& out, const PictureRequest& request, Picture& picture) {
    constexpr int quality = 93;
    const std::string name = name_of(request);
    const std::filesystem::path photo = out / "val" / (name + ".jpg");
    write_file(photo, data::encode_jpeg({{picture_size, picture_size}, 3, picture.rgb}, quality));
    write_file(out / "noisy_annotations_RGB" / "val" / (name + ".png"),
               data::encode_png(label_image(request, picture)));
    picture.rgb = data::read_photo(photo).pixels;
}

}  // namespace semscope::demo
