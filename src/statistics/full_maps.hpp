#pragma once

#include "reduction.hpp"
#include "scene_statistics.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/data/pictures.hpp"
#include "semscope/data/preprocess.hpp"
#include "semscope/statistics/evaluation.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace semscope::statistics {

/// The label maps behind an occlusion file, read whole.
class FullMaps {
  public:
    /// `photos`: for the size of a label map that is resized. `geometry` and `min_pixels` are those of the run.
    FullMaps(data::Photos photos, data::LabelMaps labels, data::Geometry geometry, std::uint32_t min_pixels)
        : photos_(std::move(photos)), labels_(std::move(labels)), geometry_(geometry), min_pixels_(min_pixels) {}

    /// The pixels of each class in the whole label map of the photo `path`, ascending; every labelled pixel counts.
    /// `recorded`: its classes in the crop; `digest`: of its file, 0 = not recorded. Local.
    /// Throws InputError when the map cannot be read or is not the one that the occlusion file was made of.
    std::vector<data::ClassCount> count(const std::string& path, const std::vector<data::ClassCount>& recorded,
                                        std::uint64_t digest) const;

  private:
    data::Photos photos_;
    data::LabelMaps labels_;
    data::Geometry geometry_;
    std::uint32_t min_pixels_;
};

/// Takes the pixels of whole label maps to the ranks that own their scenes.
class FullMapRouter {
  public:
    /// `router`, which knows the owners, and the communicator must outlive this.
    FullMapRouter(const comm::Communicator& communicator, const RecordRouter& router)
        : communicator_(communicator), router_(router), boxes_(static_cast<std::size_t>(communicator.size())) {}

    /// Puts the counts of an image into the boxes of its true and its predicted scene. Local.
    void post(const ImageScore& score, const std::vector<data::ClassCount>& counts);

    /// Delivers what was posted since the last exchange. Collective.
    void exchange(SceneCollector& collector);

  private:
    /// Plain: sent as it is.
    struct Record {
        std::uint32_t scene = 0;
        std::uint32_t pixels = 0;
        std::uint16_t semantic = 0;
        std::uint16_t of_truth = 0;  ///< 1: the scene is the true one, 0: the predicted one
    };

    const comm::Communicator& communicator_;
    const RecordRouter& router_;
    std::vector<std::vector<Record>> boxes_;
};

}  // namespace semscope::statistics
