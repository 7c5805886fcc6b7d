#include "semscope/inference/occluder.hpp"

#include "batch_assembly.hpp"
#include "cpu_resources.hpp"
#include "network.hpp"
#include "semscope/base/error.hpp"

#include <c10/core/Event.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <fmt/format.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include <chrono>
#include <cstring>
#include <deque>
#include <optional>
#include <thread>
#include <vector>

namespace semscope::inference {

struct Occluder::State {
    State(const NetworkOptions& network_options, const OcclusionOptions& occlusion)
        : options(network_options), device(torch_device(options.device)) {
        if (options.path == null_network) return;
        network.emplace(options);
        assembly.emplace(options, occlusion);
    }

    /// The scores of a batch, on the host once `ready` has come.
    struct Started {
        at::Tensor probabilities;  ///< [batch,C]
        std::size_t forwards = 0;
        std::optional<c10::Event> ready = {};
    };
    Started start();
    Started simulate() const;

    NetworkOptions options;
    torch::Device device;
    // Neither for the null network.
    std::optional<Network> network;
    std::optional<BatchAssembly> assembly;
    at::Tensor assembled;  ///< [batch,crop,crop,3]
    std::size_t assembled_forwards = 0;
    std::deque<Started> started;  ///< oldest first
};

Occluder::State::Started Occluder::State::start() {
    const torch::InferenceMode inference;
    Started batch;
    batch.forwards = assembled_forwards;
    const at::Tensor result = network->probabilities(assembled.permute({0, 3, 1, 2})).contiguous();
    if (!device.is_cuda()) {
        batch.probabilities = result;
        return batch;
    }
    batch.probabilities = staging(result.sizes(), at::kFloat, device);
    batch.probabilities.copy_(result, /*non_blocking=*/true);
    batch.ready.emplace(device.type());
    batch.ready->record(c10::impl::VirtualGuardImpl(device.type()).getStream(device));
    return batch;
}

Occluder::State::Started Occluder::State::simulate() const {
    std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(options.simulate_forward_ms * options.batch));
    const auto scenes = static_cast<std::int64_t>(options.scenes);
    return {torch::full({options.batch, scenes}, 1.0 / static_cast<double>(scenes)), assembled_forwards, {}};
}

namespace {

/// The event is asked and not the stream waited for: that has the next batch behind it already. Errors of the device in
/// what was queued come up here.
void wait_for(const c10::Event& ready) {
    constexpr std::chrono::microseconds between_looks(50);
    try {
        while (!ready.query()) std::this_thread::sleep_for(between_looks);
    } catch (const std::exception& error) {
        throw InferenceError(fmt::format("the network failed: {}", gist(error.what())));
    }
}

}  // namespace

Occluder::Occluder(const NetworkOptions& network, const OcclusionOptions& occlusion) {
    prepare_cpu(network.threads);
    state_ = std::make_unique<State>(network, occlusion);
}

Occluder::~Occluder() = default;
Occluder::Occluder(Occluder&&) noexcept = default;
Occluder& Occluder::operator=(Occluder&&) noexcept = default;

int Occluder::batch() const noexcept { return state_->options.batch; }
int Occluder::slots() const noexcept { return state_->options.batch; }

void Occluder::load(int slot, std::shared_ptr<const Sample> sample) {
    if (state_->assembly) state_->assembly->load(slot, std::move(sample));
}

void Occluder::assemble(std::span<const Forward> forwards) {
    State& s = *state_;
    const auto batch = static_cast<std::size_t>(s.options.batch);
    if (forwards.empty() || forwards.size() > batch)
        throw LibraryError(fmt::format("{} forwards do not fit a batch of {}", forwards.size(), batch));
    s.assembled_forwards = forwards.size();
    if (s.assembly) s.assembled = s.assembly->assemble(forwards);
}

void Occluder::start() {
    State& s = *state_;
    if (s.assembled_forwards == 0) throw LibraryError("no batch was assembled");
    s.started.push_back(s.network ? s.start() : s.simulate());
}

std::size_t Occluder::started() const noexcept { return state_->started.size(); }

std::size_t Occluder::started_forwards() const { return state_->started.at(0).forwards; }

void Occluder::finish(std::span<float> probabilities) {
    State& s = *state_;
    if (s.started.empty()) throw LibraryError("no forward was started");
    const State::Started batch = std::move(s.started.front());
    s.started.pop_front();
    const std::size_t length = batch.forwards * s.options.scenes;
    if (probabilities.size() != length)
        throw LibraryError(fmt::format("{} numbers do not hold {} rows", probabilities.size(), batch.forwards));
    if (batch.ready) wait_for(*batch.ready);
    std::memcpy(probabilities.data(), batch.probabilities.data_ptr<float>(), length * sizeof(float));
}

void Occluder::forward(std::span<float> probabilities) {
    start();
    finish(probabilities);
}

int visible_cuda_devices() { return torch::cuda::is_available() ? static_cast<int>(torch::cuda::device_count()) : 0; }

std::string torch_description() { return fmt::format("LibTorch {}", TORCH_VERSION); }

}  // namespace semscope::inference
