#include "engine.hpp"

#include "executor.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/parallel.hpp"
#include "semscope/core/random.hpp"
#include "tensor_executor.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstring>

namespace semscope::incremental {

namespace {

/// The changes of one variant.
struct Change {
    std::vector<std::uint8_t> dirty;  ///< [pixels]
    std::vector<float> pixels;        ///< of the dirty ones
};

/// Bits are compared, so that a pixel that is not a number counts as changed where it is another one.
Change compare(const float* photo, const float* variant, std::size_t pixels) {
    Change change;
    change.dirty.resize(pixels);
    for (std::size_t i = 0; i < pixels; ++i) {
        const float* const pixel = variant + 3 * i;
        if (std::memcmp(photo + 3 * i, pixel, 3 * sizeof(float)) == 0) continue;
        change.dirty[i] = 1;
        change.pixels.insert(change.pixels.end(), pixel, pixel + 3);
    }
    return change;
}

GroupInput join(const std::vector<int>& base, const std::vector<Change>& changes) {
    GroupInput input;
    input.group.base = base;
    for (const Change& change : changes) {
        input.dirty.insert(input.dirty.end(), change.dirty.begin(), change.dirty.end());
        input.pixels.insert(input.pixels.end(), change.pixels.begin(), change.pixels.end());
    }
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
        const Kernels& kernels = bf16 ? *bf16_kernels_for(hardware) : kernels_for(hardware);
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
    std::vector<Change> changes(forwards.size());
    parallel_for(forwards.size(), 1, at::get_num_threads(), [&](std::size_t begin, std::size_t end) {
        std::vector<float> variant(3 * pixels);
        for (std::size_t i = begin; i < end; ++i) {
            const float* const photo = access_.photo(forwards[i].slot);
            if (forwards[i].semantic == 0) {
                changes[i] = {std::vector<std::uint8_t>(pixels, 1), {photo, photo + 3 * pixels}};
                continue;
            }
            access_.make_variant(forwards[i], variant.data());
            changes[i] = compare(photo, variant.data(), pixels);
        }
    });
    return join(base, changes);
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
    std::vector<Change> changes;
    for (std::size_t f = 0; f < group.forwards(); ++f) {
        const float* const image = numbers + static_cast<std::int64_t>(f) * size;
        if (group.is_photo(f))
            changes.push_back({std::vector<std::uint8_t>(pixels, 1), {image, image + size}});
        else
            changes.push_back(compare(numbers + group.base[f] * size, image, pixels));
    }
    return join(group.base, changes);
}

}  // namespace semscope::incremental
