#pragma once

#include <string>

namespace semscope::dataset {

/// "OpenCV 4.6.0", for the provenance.
std::string library_description();

}  // namespace semscope::dataset
