#pragma once

#include "semscope/comm/communicator.hpp"
#include "semscope/comm/partition.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace semscope::statistics {

/// Takes records to the ranks that own their scenes. Every rank owns an even, contiguous share of the scenes.
///
/// A record tells the index of its scene, `scene`, and how many parts belong to it, `classes`. Both types are plain.
template <class Record, class Part>
class SceneRouter {
  public:
    /// What is done with a record that arrives: the record and its parts.
    using Visitor = std::function<void(const Record&, std::span<const Part>)>;

    /// The communicator must outlive the router. Local.
    SceneRouter(const comm::Communicator& communicator, std::uint64_t scenes)
        : communicator_(communicator),
          scenes_(scenes),
          records_(static_cast<std::size_t>(communicator.size())),
          parts_(records_.size()) {
        for (int rank = 0; rank < communicator.size(); ++rank)
            boundaries_.push_back(comm::even_share(scenes, rank, communicator.size()).begin);
        boundaries_.push_back(scenes);
    }

    /// The scenes of this rank.
    comm::Range own_scenes() const { return comm::even_share(scenes_, communicator_.rank(), communicator_.size()); }

    /// The rank that owns a scene. Precondition: scene is below the number of scenes.
    int owner(std::uint32_t scene) const {
        const auto above = std::upper_bound(boundaries_.begin(), boundaries_.end(), std::uint64_t{scene});
        return static_cast<int>(above - boundaries_.begin()) - 1;
    }

    /// Puts a record into the box of its scene's owner. Local. Precondition: record.classes == parts.size().
    void post(const Record& record, std::span<const Part> parts) {
        const auto to = static_cast<std::size_t>(owner(record.scene));
        records_[to].push_back(record);
        parts_[to].insert(parts_[to].end(), parts.begin(), parts.end());
    }

    /// Delivers all that was posted since the last exchange, and visits what arrived here: in rank order of the
    /// senders, each in the order of posting. Collective. Memory: what is posted and what arrives, so that callers keep
    /// rounds small. What the visitor throws is thrown after all communication, possibly on some ranks only.
    void exchange(const Visitor& visit) {
        const std::vector<Record> records = communicator_.exchange(records_);
        const std::vector<Part> parts = communicator_.exchange(parts_);
        for (auto& box : records_) box.clear();
        for (auto& box : parts_) box.clear();
        std::span<const Part> rest(parts);
        for (const Record& record : records) {
            visit(record, rest.first(record.classes));
            rest = rest.subspan(record.classes);
        }
    }

  private:
    const comm::Communicator& communicator_;
    std::uint64_t scenes_;
    std::vector<std::uint64_t> boundaries_;     ///< first scene of each rank, and the end
    std::vector<std::vector<Record>> records_;  ///< by destination
    std::vector<std::vector<Part>> parts_;      ///< by destination
};

}  // namespace semscope::statistics
