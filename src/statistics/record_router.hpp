#pragma once

#include "semscope/comm/communicator.hpp"
#include "semscope/comm/partition.hpp"
#include "semscope/statistics/image_record.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace semscope::statistics {

/// Takes records to the ranks that own their scenes. Every rank owns an even, contiguous share of the scenes.
class RecordRouter {
  public:
    /// What is done with a record that arrives: the record and those of its classes.
    using Visitor = std::function<void(const ImageRecord&, std::span<const ClassRecord>)>;

    /// The communicator must outlive the router. Local.
    RecordRouter(const comm::Communicator& communicator, std::uint64_t scenes);

    /// The scenes of this rank.
    comm::Range own_scenes() const { return comm::even_share(scenes_, communicator_.rank(), communicator_.size()); }

    /// The rank that owns a scene. Precondition: scene is below the number of scenes.
    int owner(std::uint32_t scene) const;

    /// Puts a report into the box of its scene's owner. Local.
    void post(const ImageReport& report);

    /// Delivers all that was posted since the last exchange, and visits what arrived here: in rank order of the
    /// senders, each in the order of posting. Collective. Memory: what is posted and what arrives, so that callers keep
    /// rounds small. What the visitor throws is thrown after all communication, possibly on some ranks only.
    void exchange(const Visitor& visit);

  private:
    const comm::Communicator& communicator_;
    std::uint64_t scenes_;
    std::vector<std::uint64_t> boundaries_;          ///< first scene of each rank, and the end
    std::vector<std::vector<ImageRecord>> images_;   ///< by destination
    std::vector<std::vector<ClassRecord>> classes_;  ///< by destination
};

}  // namespace semscope::statistics
