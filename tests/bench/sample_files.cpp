#include "sample_files.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/demo/picture.hpp"

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace semscope::bench {

SampleFiles::SampleFiles() {
    const auto picture = demo::draw_picture({1, demo::Purpose::validation, demo::Scene::kitchen, 0});
    const int side = demo::picture_size;
    const cv::Size size(640, 480);
    // Mats do not know of const; nothing is written through these.
    const cv::Mat rgb(side, side, CV_8UC3, const_cast<std::uint8_t*>(picture.rgb.data()));
    const cv::Mat classes(side, side, CV_8UC1, const_cast<std::uint8_t*>(picture.labels.data()));
    cv::Mat bgr;
    cv::Mat large_photo;
    cv::Mat large_classes;
    cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
    cv::resize(bgr, large_photo, size, 0, 0, cv::INTER_LINEAR);
    cv::resize(classes, large_classes, size, 0, 0, cv::INTER_NEAREST);
    const cv::Mat zeros = cv::Mat::zeros(size, CV_8UC1);
    cv::Mat labels_image;
    cv::merge(std::vector<cv::Mat>{large_classes, zeros, zeros}, labels_image);
    if (!cv::imwrite(photo().string(), large_photo) || !cv::imwrite(labels().string(), labels_image))
        throw IoError("the sample files cannot be written");
}

}  // namespace semscope::bench
