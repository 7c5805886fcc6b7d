#include "semscope/dataset/version.hpp"

#include <opencv2/core/version.hpp>

namespace semscope::dataset {

std::string library_description() { return std::string("OpenCV ") + CV_VERSION; }

}  // namespace semscope::dataset
