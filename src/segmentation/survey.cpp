#include "semscope/segmentation/survey.hpp"

#include "semscope/comm/agreement.hpp"
#include "semscope/comm/partition.hpp"
#include "semscope/core/prefetcher.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace semscope::segmentation {

data::ImageSize input_size(data::ImageSize stored, int shorter) {
    if (shorter == 0) return stored;
    const double scale = static_cast<double>(shorter) / std::min(stored.width, stored.height);
    const auto scaled = [scale](int side) { return std::max(1, static_cast<int>(std::lround(side * scale))); };
    return {scaled(stored.width), scaled(stored.height)};
}

std::vector<Batch> make_batches(std::span<const Photo> photos, std::size_t most) {
    std::map<std::pair<int, int>, std::size_t> counts;
    for (const Photo& photo : photos) ++counts[{photo.input.width, photo.input.height}];

    std::map<std::pair<int, int>, std::vector<std::uint64_t>> pending;
    for (std::size_t i = 0; i < photos.size(); ++i)
        if (photos[i].pending) pending[{photos[i].input.width, photos[i].input.height}].push_back(i);

    std::vector<Batch> batches;
    for (const auto& [size, images] : pending) {
        const std::size_t length = std::min(most, counts.at(size));
        for (std::size_t begin = 0; begin < images.size(); begin += length) {
            const auto first = images.begin() + static_cast<std::ptrdiff_t>(begin);
            const auto count = static_cast<std::ptrdiff_t>(std::min(length, images.size() - begin));
            batches.push_back({{size.first, size.second}, length, {first, first + count}});
        }
    }
    return batches;
}

std::vector<std::uint64_t> share_batches(std::span<const Batch> batches, int ranks) {
    std::vector<std::uint64_t> cost{0};
    for (const Batch& batch : batches)
        cost.push_back(cost.back() + batch.length * static_cast<std::uint64_t>(batch.input.width) *
                                         static_cast<std::uint64_t>(batch.input.height));
    return comm::balanced_boundaries(cost, ranks);
}

namespace {

/// What is known of one photo: stored size and whether its label map is there, or what is wrong with it.
struct Finding {
    data::ImageSize stored;
    bool done = false;
    Problems problems;
};

Finding inspect(const Source& source, const LabelFiles& files, bool redo, std::size_t image) {
    Finding finding;
    finding.problems.collect([&] { finding.stored = data::read_image_size(source.image_path(image)); });
    finding.done = finding.problems.empty() && !redo && files.whole(source.images.path(image), finding.stored);
    return finding;
}

/// What ranks tell each other of one photo; the problems go their own way.
struct Fact {
    data::ImageSize stored;
    bool done = false;
};

/// The facts of every image of a share.
std::vector<Fact> inspect_share(const Source& source, const LabelFiles& files, bool redo, comm::Range share,
                                int workers, Problems& problems, const std::function<void()>& tick) {
    std::vector<Fact> facts;
    const std::size_t ahead = 8 * static_cast<std::size_t>(workers);
    Prefetcher<Finding> findings(share.size(), workers, ahead,
                                 [&](std::size_t i) { return inspect(source, files, redo, share.begin + i); });
    while (const auto finding = findings.next()) {
        for (const std::string& problem : finding->problems.list()) problems.add(problem);
        facts.push_back({finding->stored, finding->done});
        tick();
    }
    return facts;
}

}  // namespace

std::vector<Photo> survey(const Source& source, const LabelFiles& files, bool redo,
                          const comm::Communicator& communicator, int workers, Problems& problems,
                          const std::function<void()>& tick) {
    const auto share = comm::even_share(source.images.size(), communicator.rank(), communicator.size());
    const auto own =
        comm::agree(communicator, [&] { return inspect_share(source, files, redo, share, workers, problems, tick); });
    std::vector<Photo> photos;
    for (const auto& [stored, done] : communicator.all_gather(own)) {
        const bool known = stored.width > 0;  // the others are among the problems
        photos.push_back({stored, known ? input_size(stored, source.shorter_side) : stored, !done});
    }
    return photos;
}

}  // namespace semscope::segmentation
