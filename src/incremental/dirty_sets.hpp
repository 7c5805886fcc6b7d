#pragma once

#include "graph.hpp"

#include <vector>

namespace semscope::incremental {

/// The dirty pixels of one or more maps of a graph, and how they follow from those of other maps.
struct DirtySet {
    int height = 0, width = 0;
    int seen = -1;  ///< the set that is seen through `window`; -1 = none
    Window window = {};
    std::vector<int> joined = {};  ///< sets whose pixels are dirty here too; one of a single pixel stands for all
    bool operator==(const DirtySet&) const = default;

    std::int64_t pixels() const { return std::int64_t{height} * width; }
};

/// Which maps of a graph have the same dirty pixels, whatever the photos. Pure.
class DirtySets {
  public:
    explicit DirtySets(const Graph& graph);

    std::size_t size() const noexcept { return sets_.size(); }
    int of_map(int map) const { return of_map_[static_cast<std::size_t>(map)]; }
    const DirtySet& operator[](std::size_t set) const { return sets_[set]; }

  private:
    int add(const DirtySet& set);
    int find(const Graph& graph, const Operation& operation);

    std::vector<DirtySet> sets_;
    std::vector<int> of_map_;
};

}  // namespace semscope::incremental
