#pragma once

#include "semscope/app/log.hpp"

#include <map>
#include <string>
#include <vector>

namespace semscope::postprocess {

/// What was asked for and could not be drawn, by reason, so that a data set of hundreds of scenes gets a line for each
/// reason and not one for each scene.
class Undrawn {
  public:
    void add(const std::string& reason, const std::string& name) { names_[reason].push_back(name); }

    /// One line a reason: "reason: 3 (a, b, c)"; of many names the first 40.
    void tell(const app::Log& log) const;

  private:
    std::map<std::string, std::vector<std::string>> names_;
};

}  // namespace semscope::postprocess
