#include "semscope/network/occluder.hpp"

#include "batch_assembly.hpp"
#include "network.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/timing.hpp"
#include "semscope/network/rows_to_host.hpp"
#include "semscope/network/torch_access.hpp"
#include "torch_device.hpp"

#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <fmt/format.h>
#include <torch/version.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <deque>
#include <limits>
#include <new>
#include <optional>
#include <thread>
#include <vector>

namespace semscope::network {

struct Occluder::State {
    using Samples = std::span<const std::shared_ptr<const Sample>>;
    State(const NetworkOptions& network_options, const OcclusionOptions& occlusion, Samples photos)
        : options(network_options), device(torch_device(options.device)) {
        require_graph_device(options.cuda_graph, options.device);
        if (options.path == null_network) return;
        prepare_device(options.device);
        network.emplace(options);
        tell_failures([&] { assembly.emplace(options, occlusion); });
        judge_output(photos.first(std::min(photos.size(), static_cast<std::size_t>(options.batch))));
    }

    /// By a batch of photos as they are.
    void judge_output(Samples photos) {
        if (photos.empty()) return network->judge_output(network->noise(options.batch));
        std::vector<Forward> forwards;
        tell_failures([&] {
            for (const auto& photo : photos) {
                forwards.push_back({static_cast<int>(forwards.size()), 0});
                assembly->load(forwards.back().slot, photo);
            }
            assembled = assembly->assemble(forwards);
        });
        network->judge_output(assembled.permute({0, 3, 1, 2}));
    }

    struct Started {
        RowsToHost probabilities;  ///< [batch,C]
        std::size_t forwards = 0;
    };
    Started start();
    Started simulate() const;

    /// Runs `work` on the device; what Torch throws becomes an InferenceError.
    template <class Work>
    void tell_failures(Work&& work) const {
        try {
            work();
        } catch (const Error&) {
            throw;
        } catch (const std::bad_alloc&) {
            throw;
        } catch (const std::exception& error) {
            throw InferenceError(describe_failure(error.what(), options.batch));
        }
    }

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
    return {RowsToHost(network->probabilities(assembled.permute({0, 3, 1, 2}))), assembled_forwards};
}

Occluder::State::Started Occluder::State::simulate() const {
    std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(options.simulate_forward_ms * options.batch));
    const auto scenes = static_cast<std::int64_t>(options.scenes);
    return {RowsToHost(torch::full({options.batch, scenes}, 1.0 / static_cast<double>(scenes))), assembled_forwards};
}

Occluder::Occluder(const NetworkOptions& network, const OcclusionOptions& occlusion,
                   std::span<const std::shared_ptr<const Sample>> photos) {
    prepare_cpu(network.threads);
    state_ = std::make_unique<State>(network, occlusion, photos);
}

Occluder::~Occluder() = default;
Occluder::Occluder(Occluder&&) noexcept = default;
Occluder& Occluder::operator=(Occluder&&) noexcept = default;

std::vector<Remark> Occluder::remarks() const {
    return state_->network ? state_->network->remarks() : std::vector<Remark>();
}

Invariance Occluder::invariance() const { return state_->network ? state_->network->invariance() : Invariance(); }

bool Occluder::cuda_graph() const noexcept { return state_->network && state_->network->has_graph(); }

const NetworkOptions& Occluder::options() const noexcept { return state_->options; }

ModelOutput Occluder::output() const noexcept {
    return state_->network ? state_->network->output() : state_->options.output;
}

int Occluder::batch() const noexcept { return state_->options.batch; }
int Occluder::slots() const noexcept { return state_->options.batch; }

void Occluder::load(int slot, std::shared_ptr<const Sample> sample) {
    if (state_->assembly) state_->tell_failures([&] { state_->assembly->load(slot, std::move(sample)); });
}

void Occluder::assemble(std::span<const Forward> forwards) {
    State& s = *state_;
    const auto batch = static_cast<std::size_t>(s.options.batch);
    if (forwards.empty() || forwards.size() > batch)
        throw LibraryError(fmt::format("{} forwards do not fit a batch of {}", forwards.size(), batch));
    s.assembled_forwards = forwards.size();
    if (s.assembly) s.tell_failures([&] { s.assembled = s.assembly->assemble(forwards); });
}

void Occluder::start() {
    State& s = *state_;
    if (s.assembled_forwards == 0) throw LibraryError("no batch was assembled");
    s.tell_failures([&] { s.started.push_back(s.network ? s.start() : s.simulate()); });
}

bool Occluder::runs_by_itself() const noexcept { return state_->device.is_cuda(); }

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
    s.tell_failures([&] {
        std::memcpy(probabilities.data(), batch.probabilities.wait().data_ptr<float>(), length * sizeof(float));
    });
}

void Occluder::forward(std::span<float> probabilities) {
    start();
    finish(probabilities);
}

TorchAccess::TorchAccess(Occluder& occluder) : state_(*occluder.state_) {
    if (!state_.network) throw LibraryError("the null network has no tensors");
}

const NetworkOptions& TorchAccess::options() const { return state_.options; }
const torch::jit::Module* TorchAccess::module() const { return state_.network->module(); }

at::Tensor TorchAccess::scores(torch::jit::Module& part, const at::Tensor& batch) const {
    at::Tensor scores;
    state_.tell_failures([&] { scores = state_.network->run_part(part, batch).to(at::kFloat); });
    return scores;
}

at::Tensor TorchAccess::probabilities(const at::Tensor& scores) const {
    if (state_.options.output != ModelOutput::logits) return scores;
    if (scores.is_cuda()) return scores.softmax(1);
    // Alone: OpenMP's threads would spin for a while after it, on cores that incremental inference computes on.
    at::Tensor made;
    for_each_alone(1, [&](std::size_t) { made = scores.softmax(1); });
    return made;
}

torch::Device TorchAccess::device() const { return state_.device; }

void TorchAccess::wait_for_device() const {
    if (!state_.device.is_cuda()) return;
    const c10::impl::VirtualGuardImpl guard(state_.device.type());
    tell_failures([&] { guard.getStream(state_.device).synchronize(); });
}

void TorchAccess::tell_failures(const std::function<void()>& work) const { state_.tell_failures(work); }

at::Tensor TorchAccess::assemble(std::span<const Forward> forwards) const {
    const torch::InferenceMode inference;
    const auto batch = static_cast<std::size_t>(state_.options.batch);
    std::vector<at::Tensor> images;
    tell_failures([&] {
        for (std::size_t begin = 0; begin < forwards.size(); begin += batch) {
            const auto part = forwards.subspan(begin, std::min(batch, forwards.size() - begin));
            const at::Tensor padded = state_.assembly->assemble(part);
            images.push_back(padded.narrow(0, 0, static_cast<std::int64_t>(part.size())).clone());
        }
    });
    return images.size() == 1 ? images.front() : at::cat(images);
}

const float* TorchAccess::photo(int slot) const { return state_.assembly->photo(slot); }

ShownClasses TorchAccess::shown_classes(std::span<const Forward> forwards) const {
    return state_.assembly->shown_classes(forwards);
}

std::size_t TorchAccess::find_changes(const Forward& forward, const Forward& base, std::uint8_t* dirty,
                                      float* to) const {
    return state_.assembly->find_changes(forward, base, dirty, to);
}

std::string torch_description() {
    std::string text = fmt::format("LibTorch {}", TORCH_VERSION);
    const auto& cuda = at::detail::getCUDAHooks();
    if (cuda.hasROCM()) return text + ", ROCm";
    if (!cuda.hasCUDART()) return text;  // a LibTorch without CUDA
    const auto runtime = cuda.versionCUDART();
    text += fmt::format(", CUDA {}.{}", runtime / 1000, runtime % 1000 / 10);
    if (const auto cudnn = cuda.compiledWithCuDNN() ? cuda.versionCuDNN() : 0; cudnn > 0)
        text += fmt::format(", cuDNN {}.{}.{}", cudnn / (cudnn < 10000 ? 1000 : 10000),
                            cudnn % (cudnn < 10000 ? 1000 : 10000) / 100, cudnn % 100);
    return text;
}

namespace {

constexpr double out_of_memory = std::numeric_limits<double>::infinity();

std::vector<int> sizes_for(const Device& device) {
    if (device.kind == DeviceKind::cpu) return {8, 16, 32, 64};
    return {16, 32, 64, 128, 256, 512};
}

/// Of several batches the fastest counts: whatever else the machine does only makes them slower.
double seconds_per_forward(Network& network, const NetworkOptions& options, int batch,
                           const std::function<void()>& on_batch) {
    const torch::InferenceMode inference;
    const std::int64_t crop = options.crop;
    const at::Tensor images =
        torch::full({batch, crop, crop, 3}, 0.5, at::TensorOptions().device(torch_device(options.device)))
            .permute({0, 3, 1, 2});
    const auto run = [&] {
        const double start = steady_seconds();
        network.probabilities(images).to(at::kCPU);  // waits for a GPU
        on_batch();
        return steady_seconds() - start;
    };
    run();  // the first one of a shape prepares the library for it
    constexpr int rounds = 3;
    double best = out_of_memory;
    for (int i = 0; i < rounds; ++i) best = std::min(best, run());
    return best / batch;
}

}  // namespace

std::vector<BatchSpeed> measure_batches(const NetworkOptions& network, const std::function<void()>& on_batch) {
    prepare_cpu(network.threads);
    prepare_device(network.device);
    NetworkOptions without_graph = network;  // which would be of one size alone
    without_graph.cuda_graph = CudaGraph::off;
    Network loaded(without_graph);
    std::vector<BatchSpeed> speeds;
    for (const int batch : sizes_for(network.device)) {
        double seconds = out_of_memory;
        // The smallest must work: what it throws says what is wrong with the network.
        if (speeds.empty()) {
            seconds = seconds_per_forward(loaded, network, batch, on_batch);
        } else if (speeds.back().seconds_per_forward < out_of_memory) {
            try {
                seconds = seconds_per_forward(loaded, network, batch, on_batch);
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

}  // namespace semscope::network
