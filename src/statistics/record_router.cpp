#include "record_router.hpp"

#include <algorithm>

namespace semscope::statistics {

RecordRouter::RecordRouter(const comm::Communicator& communicator, std::uint64_t scenes)
    : communicator_(communicator),
      scenes_(scenes),
      images_(static_cast<std::size_t>(communicator.size())),
      classes_(images_.size()) {
    for (int rank = 0; rank < communicator.size(); ++rank)
        boundaries_.push_back(comm::even_share(scenes, rank, communicator.size()).begin);
    boundaries_.push_back(scenes);
}

int RecordRouter::owner(std::uint32_t scene) const {
    const auto above = std::upper_bound(boundaries_.begin(), boundaries_.end(), std::uint64_t{scene});
    return static_cast<int>(above - boundaries_.begin()) - 1;
}

void RecordRouter::post(const ImageReport& report) {
    const auto to = static_cast<std::size_t>(owner(report.image.scene));
    images_[to].push_back(report.image);
    classes_[to].insert(classes_[to].end(), report.classes.begin(), report.classes.end());
}

void RecordRouter::exchange(const Visitor& visit) {
    const std::vector<ImageRecord> image_records = communicator_.exchange(images_);
    const std::vector<ClassRecord> class_records = communicator_.exchange(classes_);
    for (auto& box : images_) box.clear();
    for (auto& box : classes_) box.clear();
    std::span<const ClassRecord> rest(class_records);
    for (const ImageRecord& image : image_records) {
        visit(image, rest.first(image.classes));
        rest = rest.subspan(image.classes);
    }
}

}  // namespace semscope::statistics
