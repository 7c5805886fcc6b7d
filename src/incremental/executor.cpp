#include "executor.hpp"

#include "semscope/core/parallel.hpp"

#include <ATen/Parallel.h>
#include <torch/types.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace semscope::incremental {

Executor::Executor(Graph graph, const Kernels& kernels) : packed_(std::move(graph), kernels) {}

std::size_t Executor::groups_at_once() const { return static_cast<std::size_t>(at::get_num_threads()); }

at::Tensor Executor::run(GroupInput input) {
    std::vector<GroupInput> inputs;
    inputs.push_back(std::move(input));
    return run_all(std::move(inputs)).front();
}

std::vector<at::Tensor> Executor::run_all(std::vector<GroupInput> inputs) {
    const Shape& output = packed_.graph.maps[static_cast<std::size_t>(packed_.graph.output)];
    std::vector<at::Tensor> maps;
    for (const GroupInput& input : inputs)
        maps.push_back(torch::empty(
            {static_cast<std::int64_t>(input.group.forwards()), output.height, output.width, output.channels}));
    SharedThreads threads{.all = at::get_num_threads()};
    const std::size_t at_once = std::min(inputs.size(), static_cast<std::size_t>(threads.all));
    while (runs_.size() < at_once) runs_.emplace_back(packed_);
    threads.busy = static_cast<int>(at_once);
    std::atomic<std::size_t> next = 0;
    parallel_for_each(at_once, threads.all, [&](std::size_t run) {
        for (std::size_t i = next++; i < inputs.size(); i = next++)
            runs_[run].run(std::move(inputs[i]), threads, maps[i].data_ptr<float>());
        --threads.busy;
    });
    return maps;
}

double Executor::flops_done() const noexcept {
    return std::accumulate(runs_.begin(), runs_.end(), 0.0,
                           [](double sum, const GroupRun& run) { return sum + run.flops_done(); });
}

double Executor::flops_of_all() const noexcept {
    return std::accumulate(runs_.begin(), runs_.end(), 0.0,
                           [](double sum, const GroupRun& run) { return sum + run.flops_of_all(); });
}

std::size_t Executor::largest_bytes() const noexcept {
    return std::accumulate(runs_.begin(), runs_.end(), std::size_t{0},
                           [](std::size_t sum, const GroupRun& run) { return sum + run.largest_bytes(); });
}

}  // namespace semscope::incremental
