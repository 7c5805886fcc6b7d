#include "rank_placement.hpp"

#include "semscope/app/placement.hpp"
#include "semscope/mpi/agreement.hpp"

#include <sched.h>

#include <algorithm>
#include <thread>

namespace semscope::wiring {

namespace {

/// Cores that this rank may use: its own when the launcher bound it to some, else its share of the node.
int cores_of_rank(int ranks_on_node) {
    const int node = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    cpu_set_t set;
    CPU_ZERO(&set);
    const int allowed = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : node;
    return allowed < node ? allowed : std::max(1, node / ranks_on_node);
}

}  // namespace

Placement place_rank(const app::Options& options, const mpi::Communicator& communicator) {
    const mpi::Communicator node = communicator.split_node();
    Placement placement;
    const auto request = static_cast<inference::DeviceRequest>(options.choice("run.device"));
    placement.device = mpi::agree(communicator, [&] {
        return inference::choose_device(request, node.rank(), inference::visible_cuda_devices());
    });
    const int cores = cores_of_rank(node.size());
    placement.threads = static_cast<int>(options.integer_or_auto("run.threads").value_or(cores));
    constexpr int threads_per_loader = 4;
    placement.loaders = static_cast<int>(
        options.integer_or_auto("run.loaders").value_or(std::max(1, placement.threads / threads_per_loader)));
    placement.survey_workers = std::max(placement.loaders, cores);
    return placement;
}

void log_placement(const Placement& placement, const mpi::Communicator& communicator, const app::Log& log) {
    const auto places =
        communicator.gather(app::format_place({mpi::host_name(), inference::to_string(placement.device),
                                               app::visible_devices_setting(), placement.threads, placement.loaders}));
    for (const std::string& line : app::describe_placement(places)) log.info(line);
}

}  // namespace semscope::wiring
