#include "engine.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/core/random.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstring>
#include <limits>

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

}  // namespace

Engine::Engine(network::TorchAccess access, Reading reading, const Kernels& kernels)
    : access_(access),
      executor_(std::move(reading.graph), kernels),
      rest_(std::move(reading.rest)),
      flat_(reading.flat) {}

GroupInput Engine::make_input(std::span<const network::Forward> forwards) const {
    const auto crop = static_cast<std::size_t>(access_.options().crop);
    const std::size_t pixels = crop * crop;
    std::vector<int> base;
    for (const network::Forward& forward : forwards)
        base.push_back(forward.semantic == 0 ? static_cast<int>(base.size()) : base.back());
    std::vector<Change> changes(forwards.size());
    at::parallel_for(0, static_cast<std::int64_t>(forwards.size()), 1, [&](std::int64_t begin, std::int64_t end) {
        std::vector<float> variant(3 * pixels);
        for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
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
    const std::size_t most = std::max(smallest_group, static_cast<std::size_t>(access_.options().batch));
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

at::Tensor Engine::scores(const GroupInput& input) {
    const torch::InferenceMode inference;
    const Buffer output = executor_.run(input);
    const Shape& shape = executor_.graph().maps[static_cast<std::size_t>(executor_.graph().output)];
    const auto forwards = static_cast<std::int64_t>(input.group.forwards());
    const at::Tensor rows = torch::empty({forwards, shape.height, shape.width, shape.channels});
    std::memcpy(rows.data_ptr<float>(), output.data(), output.size() * sizeof(float));
    const at::Tensor maps = rows.permute({0, 3, 1, 2});
    if (!rest_) return maps.reshape({forwards, -1});
    return run_rest(flat_ ? maps.reshape({forwards, -1}).contiguous() : maps);
}

/// Batches have the size that the network has, so that it rounds as ever.
at::Tensor Engine::run_rest(const at::Tensor& maps) {
    const std::int64_t batch = access_.options().batch;
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
    return at::cat(rows);
}

at::Tensor Engine::run(const std::vector<GroupInput>& inputs) {
    std::vector<at::Tensor> rows;
    for (std::size_t i = 0; i < inputs.size(); ++i) rows.push_back(scores(inputs[i]));
    const torch::InferenceMode inference;
    return access_.probabilities(at::cat(rows)).contiguous();
}

double Engine::trial_difference() {
    const torch::InferenceMode inference;
    const auto crop = static_cast<std::int64_t>(access_.options().crop);
    const std::int64_t batch = access_.options().batch;
    // A photo, the same with a block of zeros, with scattered ones, and another photo.
    constexpr std::int64_t forwards = 4;
    const at::Tensor photos = torch::empty({forwards, crop, crop, 3});
    auto* const numbers = photos.data_ptr<float>();
    const std::int64_t size = 3 * crop * crop;
    for (std::int64_t i = 0; i < size; ++i) {
        const auto bits = philox4x32({static_cast<std::uint32_t>(i), 1, 0, 0}, {0, 0});
        const std::int64_t pixel = i / 3;
        const bool in_block = pixel / crop < crop / 2 && pixel % crop < crop / 3;
        const float first = 4 * unit_float(bits[0]) - 2;
        numbers[i] = first;
        numbers[size + i] = in_block ? 0 : first;
        numbers[2 * size + i] = pixel % 97 == 0 ? 0 : first;
        numbers[3 * size + i] = 4 * unit_float(bits[1]) - 2;
    }
    std::vector<Change> changes;
    const auto pixels = static_cast<std::size_t>(crop * crop);
    const std::vector<int> base{0, 0, 0, 3};
    for (std::size_t i = 0; i < base.size(); ++i) {
        const float* const photo = numbers + static_cast<std::int64_t>(i) * size;
        if (base[i] == static_cast<int>(i))
            changes.push_back({std::vector<std::uint8_t>(pixels, 1), {photo, photo + size}});
        else
            changes.push_back(compare(numbers, photo, pixels));
    }
    const at::Tensor found = scores(join(base, changes));
    std::vector<at::Tensor> rows;
    torch::jit::Module whole = *access_.module();
    for (std::int64_t i = 0; i < forwards; i += batch) {
        const at::Tensor places = (torch::arange(batch) + i).clamp_max(forwards - 1);
        const at::Tensor images = photos.index_select(0, places).permute({0, 3, 1, 2});
        rows.push_back(access_.scores(whole, images));
    }
    const at::Tensor expected = at::cat(rows).narrow(0, 0, forwards);
    if (found.sizes() != expected.sizes()) return std::numeric_limits<double>::infinity();
    const double difference = (found - expected).abs().max().item<double>() / expected.abs().max().item<double>();
    // Not a number where the scores are none, or all 0.
    return difference >= 0 ? difference : std::numeric_limits<double>::infinity();
}

}  // namespace semscope::incremental
