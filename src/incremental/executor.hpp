#pragma once

#include "group_executor.hpp"
#include "group_run.hpp"
#include "packed_graph.hpp"

#include <deque>
#include <string>
#include <vector>

namespace semscope::incremental {

/// A GroupExecutor of the CPU, with kernels of its own. Each compute thread runs a group; those that have none help the
/// others. A forward has the same bits with any number of threads.
class Executor : public GroupExecutor {
  public:
    /// Takes the weights out of the graph, packed for `kernels`.
    Executor(Graph graph, const Kernels& kernels);

    at::Tensor run(GroupInput input) override;
    std::vector<at::Tensor> run_all(std::vector<GroupInput> inputs) override;
    std::size_t groups_at_once() const override;
    std::string description() const override { return std::string(packed_.kernels.name) + " kernels"; }

    double flops_done() const noexcept override;
    double flops_of_all() const noexcept override;
    std::size_t largest_bytes() const noexcept override;

  private:
    PackedGraph packed_;
    std::deque<GroupRun> runs_;
};

}  // namespace semscope::incremental
