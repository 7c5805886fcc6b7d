#include "engine.hpp"

#include "bases.hpp"
#include "executor.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/parallel.hpp"
#include "semscope/core/random.hpp"
#include "tensor_executor.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

namespace semscope::incremental {

namespace {

/// What the variants change of their photos, images of `pixels`. `photo_of(forward)` is a photo. `find(forward, dirty,
/// to)` says which pixels a variant changes, as 1 and 0, writes those pixels to `to` and returns how many there are.
/// Both are called from so many threads.
GroupInput find_changes(Group group, std::size_t pixels, const std::function<const float*(std::size_t)>& photo_of,
                        const std::function<std::size_t(std::size_t, std::uint8_t*, float*)>& find, int threads) {
    const std::size_t forwards = group.forwards();
    GroupInput input{std::move(group), BufferOf<std::uint8_t>(forwards * pixels), {}, {}};
    std::vector<Buffer> changed(forwards);
    parallel_for_each(forwards, threads, [&](std::size_t f) {
        if (input.group.is_photo(f)) return;
        static thread_local std::vector<float> scratch;
        scratch.resize(3 * pixels);
        const std::size_t count = find(f, input.dirty.data() + f * pixels, scratch.data());
        changed[f] = Buffer(3 * count);
        std::copy_n(scratch.data(), 3 * count, changed[f].data());
    });
    constexpr std::size_t zeros = 3;
    std::vector<std::size_t> first{zeros};
    for (std::size_t f = 0; f < forwards; ++f)
        first.push_back(first.back() + (input.group.is_photo(f) ? 3 * pixels : changed[f].size()));
    input.pixels = Buffer(first.back());
    std::fill_n(input.pixels.data(), zeros, 0.0F);
    parallel_for_each(forwards, threads, [&](std::size_t f) {
        const float* const from = input.group.is_photo(f) ? photo_of(f) : changed[f].data();
        std::copy_n(from, first[f + 1] - first[f], input.pixels.data() + first[f]);
    });
    return input;
}

/// Of each forward of a group, the index of its photo, which is the first one of those in a slot.
std::vector<int> photos_of(std::span<const network::Forward> forwards) {
    std::vector<int> photos;
    for (std::size_t f = 0; f < forwards.size(); ++f)
        photos.push_back(f > 0 && forwards[f].slot == forwards[f - 1].slot ? photos.back() : static_cast<int>(f));
    return photos;
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

GroupInput Engine::make_input(std::span<const network::Forward> forwards, int threads) const {
    const auto crop = static_cast<std::size_t>(access_.options().crop);
    const std::size_t pixels = crop * crop;
    const std::vector<int> base = bases_of(forwards);
    if (with_tensors_) return {{base}, {}, {}, access_.assemble(forwards)};
    return find_changes(
        {base}, pixels, [&](std::size_t f) { return access_.photo(forwards[f].slot); },
        [&](std::size_t f, std::uint8_t* dirty, float* to) {
            return access_.find_changes(forwards[f], forwards[static_cast<std::size_t>(base[f])], dirty, to);
        },
        threads);
}

/// A base for each forward of a group.
std::vector<int> Engine::bases_of(std::span<const network::Forward> forwards) const {
    const std::vector<int> photos = photos_of(forwards);
    std::vector<int> bases;
    while (bases.size() < forwards.size()) {
        const std::size_t begin = bases.size();
        const auto count = static_cast<std::size_t>(
            std::count(photos.begin() + static_cast<std::ptrdiff_t>(begin), photos.end(), static_cast<int>(begin)));
        const network::ShownClasses classes = access_.shown_classes(forwards.subspan(begin, count));
        for (const int base : find_bases(classes.pixels, classes.shown))
            bases.push_back(static_cast<int>(begin) + base);
    }
    return bases;
}

GroupLimits Engine::limits() const {
    const auto most = static_cast<std::size_t>(most_forwards(access_.options()));
    return {std::min(most, executor_->largest_group()), executor_->groups_at_once()};
}

std::size_t Engine::full_batch() const {
    return static_cast<std::size_t>(access_.options().batch) * executor_->groups_at_once();
}

std::size_t Engine::next_batch(std::span<const network::Forward> queue) const {
    return fill_groups(queue, {static_cast<std::size_t>(access_.options().batch), executor_->groups_at_once()});
}

std::vector<GroupInput> Engine::assemble(std::span<const network::Forward> forwards) const {
    if (forwards.empty()) throw LibraryError("no forwards to assemble");
    const auto groups = divide(forwards, limits());
    std::vector<GroupInput> inputs(groups.size());
    const int threads = at::get_num_threads();
    parallel_for_each(groups.size(), with_tensors_ ? 1 : threads,
                      [&](std::size_t i) { inputs[i] = make_input(groups[i], threads); });
    return inputs;
}

at::Tensor Engine::maps(std::vector<GroupInput> inputs) {
    const torch::InferenceMode inference;
    at::Tensor made;
    access_.tell_failures([&] {
        std::vector<at::Tensor> of_groups = executor_->run_all(std::move(inputs));
        made = (of_groups.size() == 1 ? of_groups.front() : at::cat(of_groups)).permute({0, 3, 1, 2});
    });
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

at::Tensor Engine::run(std::vector<GroupInput> inputs) {
    const torch::InferenceMode inference;
    const at::Tensor rows = scores(maps(std::move(inputs)));
    at::Tensor probabilities;
    access_.tell_failures([&] { probabilities = access_.probabilities(rows).contiguous(); });
    return probabilities;
}

/// Of images of the host, [forwards,crop,crop,3].
GroupInput Engine::input_of(const Group& group, const at::Tensor& images) const {
    if (with_tensors_) return {group, {}, {}, images.to(access_.device())};
    const auto size = images[0].numel();
    const auto pixels = static_cast<std::size_t>(size / 3);
    const auto* const numbers = images.data_ptr<float>();
    const auto image_of = [&](std::size_t f) { return numbers + static_cast<std::int64_t>(f) * size; };
    return find_changes(
        group, pixels, image_of,
        [&](std::size_t f, std::uint8_t* dirty, float* to) {
            const float* const photo = image_of(static_cast<std::size_t>(group.base[f]));
            std::size_t count = 0;
            for (std::size_t i = 0; i < pixels; ++i) {
                const float* const own = image_of(f) + 3 * i;
                dirty[i] = std::memcmp(photo + 3 * i, own, 3 * sizeof(float)) == 0 ? 0 : 1;
                if (dirty[i] != 0) std::copy_n(own, 3, to + 3 * count++);
            }
            return count;
        },
        at::get_num_threads());
}

}  // namespace semscope::incremental
