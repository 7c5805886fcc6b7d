#include "semscope/inference/batch_speed.hpp"

#include "cpu_resources.hpp"
#include "network.hpp"
#include "semscope/base/error.hpp"
#include "semscope/base/timing.hpp"

#include <algorithm>
#include <limits>

namespace semscope::inference {

namespace {

constexpr double out_of_memory = std::numeric_limits<double>::infinity();

std::vector<int> sizes_for(const Device& device) {
    if (device.kind == DeviceKind::cpu) return {8, 16, 32, 64};
    return {16, 32, 64, 128, 256, 512};
}

/// Of several batches the fastest counts: whatever else the machine does only makes them slower.
double seconds_per_forward(Network& network, const NetworkOptions& options, int batch) {
    const torch::InferenceMode inference;
    const std::int64_t crop = options.crop;
    const at::Tensor images =
        torch::full({batch, crop, crop, 3}, 0.5, at::TensorOptions().device(torch_device(options.device)))
            .permute({0, 3, 1, 2});
    const auto run = [&] {
        const double start = steady_seconds();
        network.probabilities(images).to(at::kCPU);  // waits for a GPU
        return steady_seconds() - start;
    };
    run();  // the first one of a shape prepares the library for it
    constexpr int rounds = 3;
    double best = out_of_memory;
    for (int i = 0; i < rounds; ++i) best = std::min(best, run());
    return best / batch;
}

}  // namespace

std::vector<BatchSpeed> measure_batches(const NetworkOptions& network) {
    prepare_cpu(network.threads);
    Network loaded(network);
    std::vector<BatchSpeed> speeds;
    for (const int batch : sizes_for(network.device)) {
        double seconds = out_of_memory;
        // The smallest must work: what it throws says what is wrong with the network.
        if (speeds.empty()) {
            seconds = seconds_per_forward(loaded, network, batch);
        } else if (speeds.back().seconds_per_forward < out_of_memory) {
            try {
                seconds = seconds_per_forward(loaded, network, batch);
            } catch (const InferenceError&) {
                // Too much for the device's memory, as a larger one would be.
            }
        }
        speeds.push_back({batch, seconds});
    }
    return speeds;
}

int choose_batch(const std::vector<BatchSpeed>& speeds) {
    constexpr double tolerance = 1.03;
    const auto cheaper = [](const auto& a, const auto& b) { return a.seconds_per_forward < b.seconds_per_forward; };
    const double best = std::min_element(speeds.begin(), speeds.end(), cheaper)->seconds_per_forward;
    const auto good = [&](const BatchSpeed& speed) { return speed.seconds_per_forward <= tolerance * best; };
    return std::find_if(speeds.begin(), speeds.end(), good)->batch;
}

}  // namespace semscope::inference
