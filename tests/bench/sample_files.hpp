#pragma once

#include "support/temporary_folder.hpp"

#include <filesystem>

namespace semscope::bench {

/// A photo (JPEG) and its label map (PNG, class in blue) of 640x480 pixels, drawn by the demo's generator and enlarged.
class SampleFiles {
  public:
    SampleFiles();
    std::filesystem::path photo() const { return folder_.path() / "photo.jpg"; }
    std::filesystem::path labels() const { return folder_.path() / "labels.png"; }

  private:
    testing_support::TemporaryFolder folder_;
};

}  // namespace semscope::bench
