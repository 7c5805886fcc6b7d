#pragma once

#include "run_data.hpp"
#include "semscope/postprocess/map_source.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace semscope::report {

/// The second run of a comparison, and where the images of the first are in it.
struct Comparison {
    Run run;
    std::vector<std::int64_t> match;  ///< [N of the first run] index in the second, -1 = not there
};

/// The class of an image whose deviations differ most between two runs, for the scene that the first run predicts.
/// Plain: sent between ranks as it is.
struct Difference {
    std::uint64_t image = 0;
    std::uint32_t semantic = 0;
    float first = 0;
    float second = 0;
};

/// Describes images as the pages load them; docs/formats.md has the layout. Local. All arguments must outlive this.
class ImageData {
  public:
    /// `other`: null without a second run.
    ImageData(const Run& run, const Comparison* other) : run_(run), other_(other) {}

    /// The data of an image that is done. What cannot be read is recorded, and said in the data.
    nlohmann::ordered_json describe(std::uint64_t image);

    const postprocess::MapFaults& faults() const noexcept { return faults_; }
    /// Of the images described so far that both runs have.
    const std::vector<Difference>& differences() const noexcept { return differences_; }

  private:
    void compare(std::uint64_t image, std::uint64_t other_image);
    /// An image as both runs list it, and the scenes whose numbers are kept as they are.
    struct Listed {
        std::string path;
        std::vector<std::uint32_t> scenes;
    };

    /// Its index in the second run; nothing when that has it not, or has not done it.
    std::optional<std::uint64_t> in_other(std::uint64_t image) const;
    /// Deviations of an image of `run` and, with `labels`, its label map.
    nlohmann::ordered_json describe_run(const Run& run, std::uint64_t image, const Listed& listed, bool labels);

    const Run& run_;
    const Comparison* other_;
    postprocess::MapFaults faults_;
    std::vector<Difference> differences_;
};

}  // namespace semscope::report
