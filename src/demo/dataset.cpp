#include "semscope/demo/dataset.hpp"

#include "files.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/parallel.hpp"

#include <fmt/format.h>

namespace semscope::demo {

std::vector<Picture> draw_pictures(std::span<const PictureRequest> requests, int threads) {
    std::vector<Picture> pictures(requests.size());
    parallel_for_each(requests.size(), threads, [&](std::size_t i) { pictures[i] = draw_picture(requests[i]); });
    return pictures;
}

std::vector<PictureRequest> requests_for(std::uint64_t seed, Purpose purpose, int per_scene) {
    std::vector<PictureRequest> requests;
    for (const Scene scene : all_scenes)
        for (int i = 0; i < per_scene; ++i) requests.push_back({seed, purpose, scene, static_cast<std::uint32_t>(i)});
    return requests;
}
namespace {

double accuracy(const Network& network, std::span<const PictureRequest> requests, std::span<const Picture> pictures) {
    const std::vector<Scene> predicted = network.classify(pictures);
    std::size_t right = 0;
    for (std::size_t i = 0; i < requests.size(); ++i) right += predicted[i] == requests[i].scene ? 1 : 0;
    return static_cast<double>(right) / static_cast<double>(requests.size());
}

std::vector<Picture> write_validation(const DatasetOptions& options, std::span<const PictureRequest> requests) {
    std::vector<Picture> pictures = draw_pictures(requests, options.training.threads);
    std::string list;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        write_picture(options.out, requests[i], pictures[i]);
        list += "val/" + name_of(requests[i]) + ".jpg\n";
    }
    write_file(options.out / "val.txt", list);
    write_file(options.out / "categories_places365.txt", categories_text());
    write_file(options.out / "objectInfo150.txt", object_info_text());
    return pictures;
}

double held_out_accuracy(const Network& network, const DatasetOptions& options) {
    const auto requests = requests_for(options.training.seed, Purpose::held_out, options.held_out_per_scene);
    const auto pictures = draw_pictures(requests, options.training.threads);
    return accuracy(network, requests, pictures);
}

}  // namespace

DatasetReport write_dataset(const DatasetOptions& options, const Progress& progress) {
    prepare_folder(options.out, options.overwrite);
    const auto requests = requests_for(options.training.seed, Purpose::validation, options.images_per_scene);
    progress(fmt::format("drawing {} validation pictures", requests.size()));
    const std::vector<Picture> pictures = write_validation(options, requests);

    const Network network = Network::train(options.training, progress);
    const DatasetReport report{held_out_accuracy(network, options), accuracy(network, requests, pictures)};
    progress(fmt::format("accuracy {:.1f} % on fresh pictures, {:.1f} % on the validation pictures",
                         100.0 * report.held_out_accuracy, 100.0 * report.validation_accuracy));
    if (report.held_out_accuracy < minimum_accuracy)
        throw InferenceError(
            fmt::format("the network is right on {:.1f} % of fresh pictures, {:.0f} % are needed; give more "
                        "training pictures",
                        100.0 * report.held_out_accuracy, 100.0 * minimum_accuracy));
    network.save(options.out / "model.ts");
    write_file(options.out / "planted.json", planted_text(options.training.seed, requests, report));
    write_file(options.out / "demo.cfg", configuration_text());
    return report;
}

}  // namespace semscope::demo
