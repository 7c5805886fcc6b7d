#include "semscope/dataset/image.hpp"

#include "jpeg.hpp"
#include "semscope/base/error.hpp"

#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>

namespace semscope::dataset {

namespace {

using Bytes = std::vector<unsigned char>;

Bytes read_bytes(const std::filesystem::path& path, std::size_t limit = SIZE_MAX) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    std::ifstream file(path, std::ios::binary);
    if (error || !file) {
        const bool missing = !std::filesystem::exists(path, error);
        throw InputError(fmt::format("{}: {}", path.string(), missing ? "there is no such file" : "cannot be read"));
    }
    Bytes bytes(std::min<std::size_t>(size, limit));
    file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!file) throw InputError(fmt::format("{}: reading failed", path.string()));
    if (bytes.empty()) throw InputError(fmt::format("{}: the file is empty", path.string()));
    return bytes;
}

bool is_jpeg(const Bytes& bytes) { return bytes.size() > 2 && bytes[0] == 0xff && bytes[1] == 0xd8; }

std::optional<ImageSize> png_size(const std::filesystem::path& path) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (png_image_begin_read_from_file(&image, path.c_str()) == 0) return std::nullopt;
    const ImageSize size{static_cast<int>(image.width), static_cast<int>(image.height)};
    png_image_free(&image);
    return size;
}

cv::Mat decode_with_opencv(const Bytes& bytes, int flags, const std::filesystem::path& path) {
    cv::Mat decoded;
    try {
        decoded = cv::imdecode(bytes, flags | cv::IMREAD_IGNORE_ORIENTATION);
    } catch (const cv::Exception& error) {
        throw InputError(fmt::format("{}: cannot be decoded: {}", path.string(), error.err));
    }
    if (decoded.empty()) throw InputError(fmt::format("{}: is not an image, or is damaged", path.string()));
    return decoded;
}

Image to_image(const cv::Mat& pixels) {
    Image image{{pixels.cols, pixels.rows}, pixels.channels(), {}};
    const auto length = static_cast<std::size_t>(pixels.cols) * static_cast<std::size_t>(pixels.channels());
    for (int row = 0; row < pixels.rows; ++row)
        image.pixels.insert(image.pixels.end(), pixels.ptr(row), pixels.ptr(row) + length);
    return image;
}

}  // namespace

ImageSize read_image_size(const std::filesystem::path& path) {
    constexpr std::size_t header_bytes = 65536;
    const Bytes header = read_bytes(path, header_bytes);
    if (is_jpeg(header)) {
        if (const auto size = jpeg_size(header)) return *size;
        // Large embedded previews or profiles can push the frame header further back.
        if (const auto size = jpeg_size(read_bytes(path))) return *size;
    } else if (const auto size = png_size(path)) {
        return *size;
    }
    const cv::Mat decoded = decode_with_opencv(read_bytes(path), cv::IMREAD_UNCHANGED, path);
    return {decoded.cols, decoded.rows};
}

Image read_photo(const std::filesystem::path& path) {
    const Bytes bytes = read_bytes(path);
    if (is_jpeg(bytes)) {
        try {
            if (auto image = decode_jpeg(bytes)) return *std::move(image);
        } catch (const InputError& error) {
            throw InputError(fmt::format("{}: {}", path.string(), error.what()));
        }
    }
    cv::Mat rgb;
    cv::cvtColor(decode_with_opencv(bytes, cv::IMREAD_COLOR, path), rgb, cv::COLOR_BGR2RGB);
    return to_image(rgb);
}

Image read_label_image(const std::filesystem::path& path) {
    const cv::Mat stored = decode_with_opencv(read_bytes(path), cv::IMREAD_UNCHANGED, path);
    if (stored.depth() != CV_8U) throw InputError(fmt::format("{}: a label map must have 8 bits", path.string()));
    if (stored.channels() == 1) return to_image(stored);
    cv::Mat rgb;
    if (stored.channels() == 3)
        cv::cvtColor(stored, rgb, cv::COLOR_BGR2RGB);
    else if (stored.channels() == 4)
        cv::cvtColor(stored, rgb, cv::COLOR_BGRA2RGB);
    else
        throw InputError(fmt::format("{}: a label map has 1 or 3 channels, not {}", path.string(), stored.channels()));
    return to_image(rgb);
}

std::string encode_png(const Image& image) {
    cv::Mat pixels(image.size.height, image.size.width, CV_8UC(image.channels),
                   const_cast<std::uint8_t*>(image.pixels.data()));
    if (image.channels == 3) {
        cv::Mat bgr;
        cv::cvtColor(pixels, bgr, cv::COLOR_RGB2BGR);
        pixels = bgr;
    }
    std::vector<unsigned char> bytes;
    if (!cv::imencode(".png", pixels, bytes)) throw LibraryError("an image cannot be encoded as PNG");
    return {bytes.begin(), bytes.end()};
}

}  // namespace semscope::dataset
