#pragma once

#include "semscope/base/error.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace semscope::results {

/// Collects sentences up to a limit.
class Findings {
  public:
    explicit Findings(std::size_t limit) : limit_(limit) {}
    bool full() const { return list_.size() >= limit_; }
    void add(std::string sentence) {
        if (!full()) list_.push_back(std::move(sentence));
    }
    /// Runs `check`; what the reader refuses is a finding.
    template <class Check>
    void collect(Check&& check) {
        try {
            check();
        } catch (const InputError& error) {
            add(error.what());
        }
    }
    std::vector<std::string> take() { return std::move(list_); }

  private:
    std::size_t limit_;
    std::vector<std::string> list_;
};

}  // namespace semscope::results
