#include "semscope/inference/occluder.hpp"

#include "cpu_resources.hpp"
#include "network.hpp"
#include "semscope/base/error.hpp"
#include "semscope/inference/noise.hpp"

#include <ATen/Parallel.h>
#include <c10/core/Event.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <fmt/format.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include <chrono>
#include <cmath>
#include <cstring>
#include <deque>
#include <optional>
#include <thread>
#include <vector>

namespace semscope::inference {

namespace {

namespace ops = torch;  // ATen's operators, which Torch 1.13 and 2.x both reach under this name

at::Tensor channel_values(const std::array<float, 3>& values) {
    return ops::tensor({values[0], values[1], values[2]}, at::kFloat);
}

/// Normalised value of the fill colour, [3]; of no meaning for blur and noise.
at::Tensor fill_value(const OcclusionOptions& options) {
    const at::Tensor mean = channel_values(options.mean);
    const at::Tensor std = channel_values(options.std);
    switch (options.fill) {
        case Fill::reference:
            return mean;
        case Fill::black:
            return -mean / std;
        case Fill::white:
            return (1 - mean) / std;
        default:
            return ops::zeros({3});
    }
}

/// Gaussian weights of the separable blur, [3,1,kernel,1].
at::Tensor blur_weights(const OcclusionOptions& options) {
    const at::Tensor x = ops::arange(options.blur_kernel, at::kDouble) - (options.blur_kernel - 1) / 2.0;
    const at::Tensor weights = ops::exp(-0.5 * (x / options.blur_sigma).pow(2));
    return (weights / weights.sum()).to(at::kFloat).view({1, 1, -1, 1}).repeat({3, 1, 1, 1});
}

}  // namespace

struct Occluder::State {
    State(const NetworkOptions& network_options, const OcclusionOptions& occlusion)
        : options(network_options), fill(occlusion), device(torch_device(options.device)) {
        if (options.path == null_network) return;
        network.emplace(options);
        const std::int64_t n = options.batch;
        const std::int64_t crop = options.crop;
        const auto floats = at::TensorOptions().dtype(at::kFloat).device(device);
        images = ops::zeros({n, crop, crop, 3}, floats);
        labels = ops::zeros({n, crop, crop}, floats.dtype(at::kByte));
        if (fill.fill == Fill::blur) {
            blurred = ops::zeros({n, crop, crop, 3}, floats);
            blur = blur_weights(fill).to(device);
        }
        colour = fill_value(fill).to(device);
        mean = channel_values(fill.mean).to(device);
        std = channel_values(fill.std).to(device);
        samples.resize(static_cast<std::size_t>(n));
    }

    /// [H,W,3] -> [H,W,3], borders reflected.
    at::Tensor blur_image(const at::Tensor& image) const {
        const std::int64_t pad = (fill.blur_kernel - 1) / 2;
        const at::Tensor planes = image.permute({2, 0, 1}).unsqueeze(0).contiguous();
        const at::Tensor padded = ops::reflection_pad2d(planes, {pad, pad, pad, pad});
        const auto along = [](const at::Tensor& from, const at::Tensor& weights) {
            const std::int64_t one = 1;
            const std::int64_t none = 0;
            return ops::conv2d(from, weights, at::Tensor(), one, none, one, /*groups=*/3);
        };
        return along(along(padded, blur), blur.transpose(2, 3))[0].permute({1, 2, 0});
    }

    at::Tensor noise(std::span<const Forward> forwards) const;

    /// A tensor of the host to be filled and sent to the device: in pinned memory where that is a GPU, so that the copy
    /// runs beside the forwards. Torch gives pinned memory out again only when its copies are done.
    at::Tensor staging(at::IntArrayRef sizes, at::ScalarType type) const {
        return ops::empty(sizes, at::TensorOptions().dtype(type).pinned_memory(device.is_cuda()));
    }
    at::Tensor upload(const at::Tensor& host) const { return host.to(device, /*non_blocking=*/true); }

    /// The scores of a batch, on the host once `ready` has come.
    struct Started {
        at::Tensor probabilities;  ///< [batch,C]
        std::size_t forwards = 0;
        std::optional<c10::Event> ready = {};
    };
    Started start();
    Started simulate() const;

    NetworkOptions options;
    OcclusionOptions fill;
    torch::Device device;
    std::optional<Network> network;  ///< none for the null network
    // Channels stand last in memory: photos come so, and convolutions are faster so on the CPU.
    at::Tensor images;   ///< [slots,crop,crop,3] normalised
    at::Tensor labels;   ///< [slots,crop,crop]
    at::Tensor blurred;  ///< [slots,crop,crop,3], fill blur only
    at::Tensor blur, colour, mean, std;
    at::Tensor assembled;  ///< [batch,crop,crop,3]
    std::size_t assembled_forwards = 0;
    std::vector<std::shared_ptr<const Sample>> samples;
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
    batch.probabilities = staging(result.sizes(), at::kFloat);
    batch.probabilities.copy_(result, /*non_blocking=*/true);
    batch.ready.emplace(device.type());
    batch.ready->record(c10::impl::VirtualGuardImpl(device.type()).getStream(device));
    return batch;
}

Occluder::State::Started Occluder::State::simulate() const {
    std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(options.simulate_forward_ms * options.batch));
    const auto scenes = static_cast<std::int64_t>(options.scenes);
    return {ops::full({options.batch, scenes}, 1.0 / static_cast<double>(scenes)), assembled_forwards, {}};
}

/// Noise for the inhibited pixels of every forward, normalised, [batch,crop,crop,3]; 0 elsewhere. Made on the host:
/// only the inhibited pixels need it, which is a small share of the work of a forward.
at::Tensor Occluder::State::noise(std::span<const Forward> forwards) const {
    const std::int64_t pixels = std::int64_t{options.crop} * options.crop;
    const at::Tensor values = staging({options.batch, options.crop, options.crop, 3}, at::kFloat).zero_();
    float* const data = values.data_ptr<float>();
    const auto fill_one = [&](std::int64_t row) {
        const auto& [slot, semantic] = forwards[static_cast<std::size_t>(row)];
        if (semantic == 0) return;
        const Sample& sample = *samples[static_cast<std::size_t>(slot)];
        for (std::int64_t pixel = 0; pixel < pixels; ++pixel) {
            const bool is_class = sample.labels[static_cast<std::size_t>(pixel)] == semantic;
            if (is_class != (fill.mode == Mode::remove)) continue;
            const auto random =
                noise_colour(fill.noise_seed, sample.image, semantic, static_cast<std::uint32_t>(pixel));
            for (std::size_t c = 0; c < 3; ++c)
                data[3 * (row * pixels + pixel) + static_cast<std::int64_t>(c)] =
                    (random[c] - fill.mean[c]) / fill.std[c];
        }
    };
    at::parallel_for(0, static_cast<std::int64_t>(forwards.size()), 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) fill_one(row);
    });
    return upload(values);
}

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
    const torch::InferenceMode inference;
    State& s = *state_;
    if (!s.network) return;
    const std::int64_t crop = s.options.crop;
    const at::Tensor rgb = s.staging({crop, crop, 3}, at::kByte);
    const at::Tensor classes = s.staging({crop, crop}, at::kByte);
    std::memcpy(rgb.data_ptr(), sample->rgb.data(), sample->rgb.size());
    std::memcpy(classes.data_ptr(), sample->labels.data(), sample->labels.size());
    const at::Tensor image = (s.upload(rgb).to(at::kFloat) / 255 - s.mean) / s.std;
    s.images[slot].copy_(image);
    s.labels[slot].copy_(classes, /*non_blocking=*/true);
    if (s.fill.fill == Fill::blur) s.blurred[slot].copy_(s.blur_image(image));
    s.samples[static_cast<std::size_t>(slot)] = std::move(sample);
}

void Occluder::assemble(std::span<const Forward> forwards) {
    const torch::InferenceMode inference;
    State& s = *state_;
    const auto batch = static_cast<std::size_t>(s.options.batch);
    if (forwards.empty() || forwards.size() > batch)
        throw LibraryError(fmt::format("{} forwards do not fit a batch of {}", forwards.size(), batch));
    s.assembled_forwards = forwards.size();
    if (!s.network) return;
    const at::Tensor slots = s.staging({s.options.batch}, at::kLong);
    const at::Tensor classes = s.staging({s.options.batch}, at::kShort);
    for (std::size_t i = 0; i < batch; ++i) {
        // Padding repeats the last image as it is.
        const Forward forward = i < forwards.size() ? forwards[i] : Forward{forwards.back().slot, 0};
        slots.data_ptr<std::int64_t>()[i] = forward.slot;
        classes.data_ptr<std::int16_t>()[i] =
            forward.semantic == 0 ? std::int16_t{-1} : static_cast<std::int16_t>(forward.semantic);
    }
    const at::Tensor slot = s.upload(slots);
    const at::Tensor semantic = s.upload(classes).view({-1, 1, 1});
    const at::Tensor labels = s.labels.index_select(0, slot);
    const at::Tensor mask =
        (s.fill.mode == Mode::remove ? labels.eq(semantic) : labels.ne(semantic).logical_and(semantic.ge(0)))
            .unsqueeze(3);
    const at::Tensor images = s.images.index_select(0, slot);
    at::Tensor fill = s.colour;
    if (s.fill.fill == Fill::blur) fill = s.blurred.index_select(0, slot);
    if (s.fill.fill == Fill::noise) fill = s.noise(forwards);
    s.assembled = ops::where(mask, fill, images);
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
    // The event is asked and not the stream waited for: that has the next batch behind it already.
    constexpr std::chrono::microseconds between_looks(50);
    while (batch.ready && !batch.ready->query()) std::this_thread::sleep_for(between_looks);
    std::memcpy(probabilities.data(), batch.probabilities.data_ptr<float>(), length * sizeof(float));
}

void Occluder::forward(std::span<float> probabilities) {
    start();
    finish(probabilities);
}

int visible_cuda_devices() { return torch::cuda::is_available() ? static_cast<int>(torch::cuda::device_count()) : 0; }

std::string torch_description() { return fmt::format("LibTorch {}", TORCH_VERSION); }

}  // namespace semscope::inference
