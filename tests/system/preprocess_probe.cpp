// Test helper: preprocess_probe PHOTO LABELS RESIZE CROP FILTER [gray] prints nothing and writes the crops, raw, to
// PHOTO.rgb and LABELS.raw, for comparison with Pillow. The labels are those of the channel blue, or gray.
#include "semscope/data/label_map.hpp"
#include "semscope/data/pictures.hpp"
#include "semscope/data/preprocess.hpp"
#include "support/numbered_names.hpp"

#include <cstdlib>
#include <fstream>
#include <string>

int main(int argc, char** argv) {
    if (argc != 6 && argc != 7) return 2;
    using namespace semscope::data;
    const auto filter = semscope::value_of<Interpolation>(argv[5]);
    const Geometry geometry{to_resize(argv[3]).value(), std::atoi(argv[4]), filter.value()};
    const Image photo = resize_and_crop(geometry, read_photo(argv[1]));
    const LabelChannel channel = argc == 7 ? LabelChannel::gray : LabelChannel::blue;
    const LabelMap map =
        read_label_map(argv[2], LabelDecoder({channel, 0, 256}, semscope::testing_support::numbered_names(256)));
    const auto labels = resize_and_crop_labels(geometry, map.size, map.labels);
    std::ofstream(std::string(argv[1]) + ".rgb", std::ios::binary)
        .write(reinterpret_cast<const char*>(photo.pixels.data()), static_cast<std::streamsize>(photo.pixels.size()));
    const std::vector<std::uint8_t> bytes(labels.begin(), labels.end());
    std::ofstream(std::string(argv[2]) + ".raw", std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return 0;
}
