

// What a list of millions of images costs a rank before the first inference, in time and memory: reading the list,
// sharing the work, laying out the file. The survey is made up, since no photos are needed for that.
#include "semscope/comm/agreement.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/core/timing.hpp"
#include "semscope/data/image_list.hpp"
#include "semscope/occlusion/survey.hpp"
#include "semscope/results/occlusion_file.hpp"

#include <fmt/format.h>
#include <fmt/os.h>

#include <fstream>

namespace semscope {
namespace {

using comm::Communicator;

constexpr std::uint64_t scenes = 365;

/// MiB that a rank holds now, the largest of all ranks. Pages of files that are mapped (libraries) do not count.
double held(const Communicator& communicator) {
    std::ifstream status("/proc/self/status");
    double kilobytes = 0;
    for (std::string word; status >> word;)
        if (word == "RssAnon:") status >> kilobytes;
    return communicator.max(kilobytes / 1024);
}

/// Prints what happened since the last call.
class Steps {
  public:
    Steps(const Communicator& communicator, std::uint64_t images)
        : communicator_(communicator), images_(images), since_(steady_seconds()), before_(held(communicator)) {}

    void done(const char* step) {
        communicator_.barrier();
        const double seconds = steady_seconds() - since_;
        const double memory = held(communicator_);
        if (communicator_.is_root())
            fmt::print("{:<28}{:>9.2f} s{:>9.0f} MiB a rank more{:>8.1f} bytes an image\n", step, seconds,
                       memory - before_, (memory - before_) * 1048576 / static_cast<double>(images_));
        since_ = steady_seconds();
        before_ = memory;
    }

  private:
    const Communicator& communicator_;
    std::uint64_t images_;
    double since_;
    double before_;
};

std::vector<std::string> scene_names() {
    std::vector<std::string> names;
    for (std::uint64_t i = 0; i < scenes; ++i) names.push_back(fmt::format("scene_with_a_name_{}", i));
    return names;
}

void write_list(const std::filesystem::path& path, std::uint64_t images) {
    auto list = fmt::output_file(path.string());
    for (std::uint64_t i = 0; i < images; ++i)
        list.print("train/scene_with_a_name_{}/{:08}.jpg\n", i * scenes / images, i);
}

/// As if the label maps had been read: 3 to 17 classes an image.
occlusion::Survey make_up_survey(const data::ImageList& list, const Communicator& communicator) {
    occlusion::Survey survey;
    survey.images = list.size();
    auto& rows = survey.rows;
    rows.images = comm::even_share(list.size(), communicator.rank(), communicator.size());
    for (std::uint64_t image = rows.images.begin; image < rows.images.end; ++image) {
        rows.scene.push_back(list.scene(image));
        rows.label_digest.push_back(image);
        rows.variant_offset.push_back(rows.variant_image.size());
        for (std::uint64_t i = 0; i < 3 + image % 15; ++i) {
            rows.variant_image.push_back(static_cast<std::uint32_t>(image));
            rows.variant_semantic.push_back(static_cast<std::uint16_t>(1 + i));
            rows.variant_pixels.push_back(1000);
        }
    }
    const std::uint64_t found = rows.variant_image.size();
    const std::uint64_t first = communicator.exclusive_scan(found);
    survey.variants = communicator.sum(found);
    rows.variants = {first, first + found};
    for (std::uint64_t& offset : rows.variant_offset) offset += first;
    if (communicator.rank() == communicator.size() - 1) rows.variant_offset.push_back(survey.variants);
    return survey;
}

void run(const Communicator& communicator, std::uint64_t images, const std::filesystem::path& folder) {
    const auto path = folder / "list.txt";
    const auto file = folder / "list.h5";
    if (communicator.is_root()) write_list(path, images);
    Steps steps(communicator, images);
    const data::SceneNames names(scene_names());
    const auto list = comm::agree(communicator, [&] { return data::read_image_list(path, names, 0); });
    steps.done("read the list");
    const std::string digest = list.digest();
    steps.done("its SHA-256");
    const occlusion::Survey survey = make_up_survey(list, communicator);
    steps.done("survey (made up)");
    const auto offsets = occlusion::gather_offsets(survey, communicator);
    steps.done("offsets to all ranks");
    const auto plan = occlusion::make_plan(offsets, communicator.size());
    steps.done("partition");
    comm::agree(communicator, [&] {
        if (!communicator.is_root()) return;
        std::vector<std::string> semantics(151, "class");
        results::create_occlusion_file(
            file,
            {survey.images, survey.variants, names.names(), semantics, list.maximum_path_bytes(),
             [&](std::uint64_t i) { return std::string(list.path(i)); }},
            {}, static_cast<std::uint64_t>(communicator.size()));
    });
    steps.done("create the file (rank 0)");
    results::OcclusionWriter writer(file, communicator);
    writer.write_survey(survey.rows);
    steps.done("write the survey");
    writer.close();
    if (!communicator.is_root()) return;
    fmt::print("{} images, {} forwards on {} ranks, imbalance {:.6f}, file of {:.1f} GB, list {}\n", images, plan.total,
               communicator.size(), plan.imbalance(), static_cast<double>(std::filesystem::file_size(file)) / 1e9,
               digest.substr(0, 12));
    std::filesystem::remove(file);
    std::filesystem::remove(path);
}

}  // namespace
}  // namespace semscope

int main(int argc, char** argv) {
    using namespace semscope;
    const comm::Environment environment(argc, argv);
    const auto communicator = comm::Communicator::world();
    if (argc != 3) {
        if (communicator.is_root()) fmt::print(stderr, "usage: mpirun -n RANKS semscope-bench-list IMAGES FOLDER\n");
        return static_cast<int>(ExitCode::bad_input);
    }
    run(communicator, std::stoull(argv[1]), argv[2]);
    return 0;
}
