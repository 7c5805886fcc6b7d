#include "semscope/statistics/record_router.hpp"

#include "semscope/base/error.hpp"

#include <algorithm>
#include <climits>
#include <cstddef>
#include <type_traits>

namespace semscope::statistics {
namespace {

/// Sizes and places of what each rank sends to, or receives from, each other one, in bytes.
struct Parcels {
    std::vector<int> bytes;
    std::vector<int> places;
    std::size_t total = 0;

    explicit Parcels(std::vector<int> sizes) : bytes(std::move(sizes)) {
        for (const int each : bytes) {
            if (total > INT_MAX) throw LibraryError("too many records in one exchange");
            places.push_back(static_cast<int>(total));
            total += static_cast<std::size_t>(each);
        }
    }
};

/// Sends out[r] to rank r; returns what arrived, in rank order. Collective. All ranks run the same program on the same
/// kind of machine, as HDF5's native types demand anyway, so that records travel as bytes.
template <class Record>
std::vector<Record> all_to_all(const std::vector<std::span<const Record>>& out, const mpi::Communicator& communicator) {
    static_assert(std::is_trivially_copyable_v<Record>);
    std::vector<Record> joined;
    std::vector<int> sizes;
    for (const auto& part : out) {
        joined.insert(joined.end(), part.begin(), part.end());
        sizes.push_back(static_cast<int>(part.size_bytes()));
    }
    const Parcels sent(sizes);
    std::vector<int> arriving(sizes.size());
    MPI_Alltoall(sent.bytes.data(), 1, MPI_INT, arriving.data(), 1, MPI_INT, communicator.native());
    const Parcels received(arriving);
    std::vector<Record> arrived(received.total / sizeof(Record));
    MPI_Alltoallv(joined.data(), sent.bytes.data(), sent.places.data(), MPI_BYTE, arrived.data(), received.bytes.data(),
                  received.places.data(), MPI_BYTE, communicator.native());
    return arrived;
}

}  // namespace

RecordRouter::RecordRouter(const mpi::Communicator& communicator, std::uint64_t scenes)
    : communicator_(communicator), scenes_(scenes), boxes_(static_cast<std::size_t>(communicator.size())) {
    for (int rank = 0; rank < communicator.size(); ++rank)
        boundaries_.push_back(mpi::even_share(scenes, rank, communicator.size()).begin);
    boundaries_.push_back(scenes);
}

int RecordRouter::owner(std::uint32_t scene) const {
    const auto above = std::upper_bound(boundaries_.begin(), boundaries_.end(), std::uint64_t{scene});
    return static_cast<int>(above - boundaries_.begin()) - 1;
}

void RecordRouter::post(const ImageReport& report) {
    Box& box = boxes_[static_cast<std::size_t>(owner(report.image.scene))];
    box.images.push_back(report.image);
    box.classes.insert(box.classes.end(), report.classes.begin(), report.classes.end());
}

void RecordRouter::exchange(const Visitor& visit) {
    std::vector<std::span<const ImageRecord>> images;
    std::vector<std::span<const ClassRecord>> classes;
    for (const Box& box : boxes_) {
        images.emplace_back(box.images);
        classes.emplace_back(box.classes);
    }
    const std::vector<ImageRecord> image_records = all_to_all(images, communicator_);
    const std::vector<ClassRecord> class_records = all_to_all(classes, communicator_);
    for (Box& box : boxes_) {
        box.images.clear();
        box.classes.clear();
    }
    std::span<const ClassRecord> rest(class_records);
    for (const ImageRecord& image : image_records) {
        visit(image, rest.first(image.classes));
        rest = rest.subspan(image.classes);
    }
}

}  // namespace semscope::statistics
