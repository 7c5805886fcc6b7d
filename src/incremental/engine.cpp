#include "engine.hpp"

#include "executor.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/parallel.hpp"
#include "semscope/core/random.hpp"
#include "tensor_executor.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstring>
#include <functional>

namespace semscope::incremental {

namespace {

/// Whether a pixel of three numbers differs. Bits are compared, so that one that is not a number counts as changed
/// where it is another one.
bool differs(const float* a, const float* b) {
    std::uint32_t of_a[3], of_b[3];
    std::memcpy(of_a, a, sizeof of_a);
    std::memcpy(of_b, b, sizeof of_b);
    return ((of_a[0] ^ of_b[0]) | (of_a[1] ^ of_b[1]) | (of_a[2] ^ of_b[2])) != 0;
}

/// What the variants change of their photos, images of `pixels`. `image_of(forward, scratch)` returns an image, which
/// it may write to `scratch`; that of a photo stands elsewhere and stays.
GroupInput find_changes(Group group, std::size_t pixels,
                        const std::function<const float*(std::size_t, float*)>& image_of) {
    const std::size_t forwards = group.forwards();
    GroupInput input{std::move(group), std::vector<std::uint8_t>(forwards * pixels), {}, {}};
    std::vector<std::vector<float>> changed(forwards);
    const int threads = at::get_num_threads();
    parallel_for_each(forwards, threads, [&](std::size_t f) {
        if (input.group.is_photo(f)) return;
        static thread_local std::vector<float> scratch;
        scratch.resize(3 * pixels);
        const float* const photo = image_of(static_cast<std::size_t>(input.group.base[f]), nullptr);
        const float* const variant = image_of(f, scratch.data());
        std::uint8_t* const dirty = input.dirty.data() + f * pixels;
        for (std::size_t i = 0; i < pixels; ++i) dirty[i] = differs(photo + 3 * i, variant + 3 * i) ? 1 : 0;
        changed[f].reserve(3 * static_cast<std::size_t>(std::count(dirty, dirty + pixels, 1)));
        for (std::size_t i = 0; i < pixels; ++i)
            if (dirty[i] != 0) changed[f].insert(changed[f].end(), variant + 3 * i, variant + 3 * i + 3);
    });
    std::vector<std::size_t> first{0};
    for (std::size_t f = 0; f < forwards; ++f)
        first.push_back(first.back() + (input.group.is_photo(f) ? 3 * pixels : changed[f].size()));
    input.pixels = Buffer(first.back());
    parallel_for_each(forwards, threads, [&](std::size_t f) {
        const float* const from = input.group.is_photo(f) ? image_of(f, nullptr) : changed[f].data();
        std::copy_n(from, first[f + 1] - first[f], input.pixels.data() + first[f]);
    });
    return input;
}

/// Of a group, where there is memory for them.
int most_forwards(const network::NetworkOptions& options) {
    return std::max(static_cast<int>(smallest_group), options.batch);
}

}  // namespace

Engine::Engine(network::TorchAccess access, Reading reading)
    : access_(access),
      with_tensors_(access.device().is_cuda() || access.options().assemble_as_on_gpu),
      rest_(std::move(reading.rest)),
      flat_(reading.flat) {
    const network::NetworkOptions& options = access_.options();
    if (!with_tensors_) {
        const std::string hardware = network::describe_hardware(options.device);
        const bool bf16 = options.precision == Precision::bf16;
        const Kernels& kernels = bf16 ? *kernels::bf16_kernels_for(hardware) : kernels::kernels_for(hardware);
        executor_ = std::make_unique<Executor>(std::move(reading.graph), kernels);
        return;
    }
    // Whole forwards and other ranks use the GPU too.
    constexpr std::uint64_t share = 4;
    const std::uint64_t memory = network::free_device_memory(options.device) / share;
    access_.tell_failures([&] {
        const torch::InferenceMode inference;
        executor_ = std::make_unique<TensorExecutor>(std::move(reading.graph), access_.device(),
                                                     TensorLimits{most_forwards(options), memory});
    });
}

GroupInput Engine::make_input(std::span<const network::Forward> forwards) const {
    const auto crop = static_cast<std::size_t>(access_.options().crop);
    const std::size_t pixels = crop * crop;
    std::vector<int> base;
    for (const network::Forward& forward : forwards)
        base.push_back(forward.semantic == 0 ? static_cast<int>(base.size()) : base.back());
    if (with_tensors_) return {{base}, {}, {}, access_.assemble(forwards)};
    return find_changes({base}, pixels, [&](std::size_t f, float* scratch) {
        if (forwards[f].semantic == 0) return access_.photo(forwards[f].slot);
        access_.make_variant(forwards[f], scratch);
        return static_cast<const float*>(scratch);
    });
}

std::vector<GroupInput> Engine::assemble(std::span<const network::Forward> forwards) const {
    const std::size_t most =
        std::min(static_cast<std::size_t>(most_forwards(access_.options())), executor_->largest_group());
    if (forwards.empty() || forwards.front().semantic != 0)
        throw LibraryError("incremental forwards begin with a photo as it is");
    std::vector<GroupInput> inputs;
    std::vector<network::Forward> group;
    network::Forward photo;
    for (std::size_t i = 0; i < forwards.size(); ++i) {
        if (forwards[i].semantic == 0) photo = forwards[i];
        if (group.size() == most) {
            inputs.push_back(make_input(group));
            group.clear();
        }
        // The photo of variants that the last group had no room for.
        if (group.empty() && forwards[i].semantic != 0) group.push_back(photo);
        group.push_back(forwards[i]);
    }
    inputs.push_back(make_input(group));
    return inputs;
}

at::Tensor Engine::maps(const GroupInput& input) {
    const torch::InferenceMode inference;
    at::Tensor made;
    access_.tell_failures([&] { made = executor_->run(input).permute({0, 3, 1, 2}); });
    return made;
}

at::Tensor Engine::scores(const at::Tensor& maps) {
    const torch::InferenceMode inference;
    if (rest_ && !flat_) return run_rest(maps);
    at::Tensor flat;
    access_.tell_failures([&] { flat = maps.flatten(1).contiguous(); });
    return rest_ ? run_rest(flat) : flat;
}

/// Batches have the size that the network has, so that it rounds as ever.
at::Tensor Engine::run_rest(const at::Tensor& maps) {
    const std::int64_t batch = access_.options().batch;
    at::Tensor scores;
    access_.tell_failures([&] {
        std::vector<at::Tensor> rows;
        for (std::int64_t begin = 0; begin < maps.size(0); begin += batch) {
            const std::int64_t count = std::min(batch, maps.size(0) - begin);
            at::Tensor part = maps.narrow(0, begin, count);
            if (count < batch) {
                const at::Tensor last = part.narrow(0, count - 1, 1);
                std::vector<at::Tensor> padded(static_cast<std::size_t>(batch - count), last);
                padded.insert(padded.begin(), part);
                part = at::cat(padded);
            }
            if (!flat_) part = part.contiguous(at::MemoryFormat::ChannelsLast);
            rows.push_back(access_.scores(*rest_, part).narrow(0, 0, count));
        }
        scores = at::cat(rows);
    });
    return scores;
}

at::Tensor Engine::run(const std::vector<GroupInput>& inputs) {
    const torch::InferenceMode inference;
    std::vector<at::Tensor> rows;
    for (const GroupInput& input : inputs) rows.push_back(scores(maps(input)));
    at::Tensor probabilities;
    access_.tell_failures([&] { probabilities = access_.probabilities(at::cat(rows)).contiguous(); });
    return probabilities;
}

/// Of images of the host, [forwards,crop,crop,3].
GroupInput Engine::input_of(const Group& group, const at::Tensor& images) const {
    if (with_tensors_) return {group, {}, {}, images.to(access_.device())};
    const auto size = images[0].numel();
    const auto pixels = static_cast<std::size_t>(size / 3);
    const auto* const numbers = images.data_ptr<float>();
    return find_changes(group, pixels,
                        [&](std::size_t f, float*) { return numbers + static_cast<std::int64_t>(f) * size; });
}

}  // namespace semscope::incremental
