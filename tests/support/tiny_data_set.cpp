#include "support/tiny_data_set.hpp"

#include <fmt/format.h>

#include <fstream>
#include <opencv2/imgcodecs.hpp>

namespace semscope::testing_support {

namespace {

void write_image(const std::filesystem::path& photo_path, const std::filesystem::path& label_path,
                 const std::vector<Stripe>& stripes) {
    int width = 0;
    for (const Stripe& stripe : stripes) width += stripe.width;
    cv::Mat photo(tiny_side, width, CV_8UC3);
    cv::Mat label(tiny_side, width, CV_8UC3);
    int left = 0;
    for (const Stripe& stripe : stripes) {
        const cv::Rect place(left, 0, stripe.width, tiny_side);
        photo(place) = cv::Scalar(stripe.rgb[2], stripe.rgb[1], stripe.rgb[0]);
        // Stored value v stands for class v+1; red and green hold other labels. OpenCV's order is B, G, R.
        label(place) = cv::Scalar((stripe.semantic + 255) % 256, 1, 2);
        left += stripe.width;
    }
    std::filesystem::create_directories(photo_path.parent_path());
    std::filesystem::create_directories(label_path.parent_path());
    cv::imwrite(photo_path.string(), photo);
    cv::imwrite(label_path.string(), label);
}

}  // namespace

void write_tiny_data_set(const std::filesystem::path& root, const std::vector<TinyImage>& images) {
    std::filesystem::create_directories(root);
    std::ofstream(root / "categories_places365.txt") << "/k/kitchen 0\n/b/bedroom 1\n/s/street 2\n";
    std::ofstream(root / "objectInfo150.txt") << "Idx\tName\n1\twall\n2\tbed\n3\tstove\n4\tcar\n";
    std::ofstream list(root / "val.txt");
    for (std::size_t i = 0; i < images.size(); ++i) {
        const std::string path = fmt::format("val/{}/{:04}.png", images[i].scene, i);
        list << path << "\n";
        write_image(root / path, root / "noisy_annotations_RGB" / path, images[i].stripes);
    }
}

std::vector<TinyImage> varied_tiny_images(int count) {
    const std::array<std::string, 3> scenes{"kitchen", "bedroom", "street"};
    std::vector<TinyImage> images;
    for (int i = 0; i < count; ++i) {
        TinyImage image{scenes[static_cast<std::size_t>(i % 3)], {}};
        const int stripes = 1 + i % 4;
        int left = 0;
        for (int s = 0; s < stripes; ++s) {
            const int width = s + 1 == stripes ? tiny_side - left : 3 + (i + s) % 3;
            const auto shade = static_cast<std::uint8_t>((37 * i + 61 * s) % 256);
            const auto semantic = static_cast<std::uint8_t>((i + s) % 5);  // 0 now and then: unlabelled
            image.stripes.push_back({semantic, width, {shade, static_cast<std::uint8_t>(255 - shade), 90}});
            left += width;
        }
        images.push_back(image);
    }
    return images;
}

}  // namespace semscope::testing_support
