#include "engine.hpp"
#include "semscope/core/random.hpp"

#include <limits>
#include <utility>

namespace semscope::incremental {

namespace {

/// A photo, the same with a block of zeros, with scattered ones, and another photo: [4,crop,crop,3].
at::Tensor trial_photos(std::int64_t crop) {
    const at::Tensor photos = torch::empty({4, crop, crop, 3});
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
    return photos;
}

std::vector<GroupInput> one(GroupInput input) {
    std::vector<GroupInput> inputs;
    inputs.push_back(std::move(input));
    return inputs;
}

double difference_of(const at::Tensor& found, const at::Tensor& expected) {
    constexpr double infinite = std::numeric_limits<double>::infinity();
    if (found.sizes() != expected.sizes()) return infinite;
    const double difference = (found - expected).abs().max().item<double>() / expected.abs().max().item<double>();
    // Not a number where the scores are none, or all 0.
    return difference >= 0 ? difference : infinite;
}

}  // namespace

/// Of the network itself, of photos of the host, [photos,crop,crop,3].
at::Tensor Engine::whole_scores(const at::Tensor& photos) const {
    const std::int64_t batch = access_.options().batch;
    std::vector<at::Tensor> rows;
    torch::jit::Module whole = *access_.module();
    for (std::int64_t i = 0; i < photos.size(0); i += batch) {
        const at::Tensor places = (torch::arange(batch) + i).clamp_max(photos.size(0) - 1);
        const at::Tensor images = photos.index_select(0, places).to(access_.device()).permute({0, 3, 1, 2});
        rows.push_back(access_.scores(whole, images));
    }
    return at::cat(rows).narrow(0, 0, photos.size(0));
}

Trial Engine::try_out() {
    const torch::InferenceMode inference;
    Trial trial;
    access_.tell_failures([&] {
        const at::Tensor photos = trial_photos(access_.options().crop);
        const at::Tensor found = maps(one(input_of({{0, 0, 0, 3}}, photos)));
        trial.difference = difference_of(scores(found), whole_scores(photos));
        if (!with_tensors_) return;  // the kernels of the CPU are known
        const at::Tensor moved = maps(one(input_of({{0, 1, 1, 1}}, photos.roll(1, 0))));
        trial.same_anywhere = at::equal(moved.roll(-1, 0), found);
    });
    return trial;
}

}  // namespace semscope::incremental
