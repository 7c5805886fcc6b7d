#include "semscope/segmentation/survey.hpp"

#include "semscope/base/prefetcher.hpp"
#include "semscope/mpi/agreement.hpp"
#include "semscope/mpi/partition.hpp"

namespace semscope::segmentation {

namespace {

/// What is known of one photo: stored size and whether its label map is there, or what is wrong with it.
struct Finding {
    dataset::ImageSize stored;
    bool done = false;
    Problems problems;
};

Finding inspect(const Source& source, const LabelFiles& files, bool redo, std::size_t image) {
    Finding finding;
    finding.problems.collect([&] { finding.stored = dataset::read_image_size(source.image_path(image)); });
    finding.done = finding.problems.empty() && !redo && files.whole(source.images.path(image), finding.stored);
    return finding;
}

/// Width, height and done of every image of a share.
std::vector<std::int32_t> inspect_share(const Source& source, const LabelFiles& files, bool redo, mpi::Range share,
                                        int workers, Problems& problems, const std::function<void()>& tick) {
    std::vector<std::int32_t> facts;
    const std::size_t ahead = 8 * static_cast<std::size_t>(workers);
    Prefetcher<Finding> findings(share.size(), workers, ahead,
                                 [&](std::size_t i) { return inspect(source, files, redo, share.begin + i); });
    while (const auto finding = findings.next()) {
        for (const std::string& problem : finding->problems.list()) problems.add(problem);
        facts.insert(facts.end(), {finding->stored.width, finding->stored.height, finding->done ? 1 : 0});
        tick();
    }
    return facts;
}

}  // namespace

std::vector<Photo> survey(const Source& source, const LabelFiles& files, bool redo,
                          const mpi::Communicator& communicator, int workers, Problems& problems,
                          const std::function<void()>& tick) {
    const auto share = mpi::even_share(source.images.size(), communicator.rank(), communicator.size());
    const auto own =
        mpi::agree(communicator, [&] { return inspect_share(source, files, redo, share, workers, problems, tick); });
    const auto facts = communicator.all_gather(own);
    std::vector<Photo> photos;
    for (std::size_t i = 0; i < facts.size(); i += 3) {
        const dataset::ImageSize stored{facts[i], facts[i + 1]};
        const bool known = stored.width > 0;  // the others are among the problems
        photos.push_back({stored, known ? input_size(stored, source.shorter_side) : stored, facts[i + 2] == 0});
    }
    return photos;
}

}  // namespace semscope::segmentation
