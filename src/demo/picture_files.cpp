#include "files.hpp"
#include "semscope/base/error.hpp"

#include <fmt/format.h>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <array>

namespace semscope::demo {
namespace {

using Bytes = std::vector<uchar>;

void write_bytes(const std::filesystem::path& path, const Bytes& bytes) {
    write_file(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Bytes encode(const cv::Mat& image, const char* extension, const std::vector<int>& parameters) {
    Bytes bytes;
    if (!cv::imencode(extension, image, bytes, parameters))
        throw LibraryError(fmt::format("OpenCV cannot encode {}", extension));
    return bytes;
}

/// For each class some other class, as the second and third label that a segmenter would give.
std::array<std::uint8_t, 256> decoys(const PictureRequest& request, std::uint32_t which) {
    constexpr std::uint32_t apart_from_drawing = 0x80000000;
    const auto major = static_cast<std::uint32_t>(request.scene) + apart_from_drawing * which;
    RandomStream random(request.seed, request.purpose, major, request.index + apart_from_drawing);
    std::array<std::uint8_t, 256> table{};
    for (auto& decoy : table) decoy = static_cast<std::uint8_t>(random.integer(0, 149));
    return table;
}

/// [256, 256] blue, green, red: the label minus 1 in blue, so that 255 is unlabelled; decoys in the others.
cv::Mat label_image(const PictureRequest& request, const Picture& picture) {
    const auto second = decoys(request, 0), third = decoys(request, 1);
    cv::Mat3b image(picture_size, picture_size);
    for (int y = 0; y < picture_size; ++y)
        for (int x = 0; x < picture_size; ++x) {
            const std::uint8_t label = picture.labels[static_cast<std::size_t>(y) * picture_size + x];
            image(y, x) = {static_cast<uchar>(label - 1), second[label], third[label]};
        }
    return image;
}

}  // namespace

void write_picture(const std::filesystem::path& out, const PictureRequest& request, Picture& picture) {
    cv::Mat photo(picture_size, picture_size, CV_8UC3, picture.rgb.data());
    cv::Mat bgr;
    cv::cvtColor(photo, bgr, cv::COLOR_RGB2BGR);
    const Bytes jpeg = encode(bgr, ".jpg", {cv::IMWRITE_JPEG_QUALITY, 93});
    const std::string name = name_of(request);
    write_bytes(out / "val" / (name + ".jpg"), jpeg);
    write_bytes(out / "noisy_annotations_RGB" / "val" / (name + ".png"),
                encode(label_image(request, picture), ".png", {}));
    cv::cvtColor(cv::imdecode(jpeg, cv::IMREAD_COLOR), photo, cv::COLOR_BGR2RGB);  // in place: same size and type
}

}  // namespace semscope::demo
