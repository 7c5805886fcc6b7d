#include "batching.hpp"

#include "semscope/core/errors.hpp"
#include "semscope/core/random.hpp"
#include "torch_device.hpp"

#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <torch/csrc/jit/runtime/graph_executor.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace semscope::network {

namespace {

at::Tensor run_together(const NetworkRun& network, const at::Tensor& images, const OutputOf& output) {
    const torch::InferenceMode inference;  // a property of a thread
    return output(network(images), images.size(0));
}

at::Tensor run_one_by_one(const NetworkRun& network, const at::Tensor& images, const OutputOf& output) {
    std::vector<at::Tensor> rows(static_cast<std::size_t>(images.size(0)));
    const auto run = [&](std::size_t photo) {
        rows[photo] = run_together(network, images.narrow(0, static_cast<std::int64_t>(photo), 1), output);
    };
    if (images.is_cuda()) {
        for (std::size_t photo = 0; photo < rows.size(); ++photo) run(photo);
    } else {
        for_each_alone(rows.size(), run);
    }
    return at::cat(rows);
}

}  // namespace

double rounding(at::ScalarType type) { return type == at::kFloat ? 1e-3 : 5e-2; }

double relative_difference(const at::Tensor& a, const at::Tensor& b) {
    if (a.sizes() != b.sizes()) return std::numeric_limits<double>::infinity();
    if (at::logical_or(a.eq(b), a.isnan().logical_and(b.isnan())).all().item<bool>()) return 0;
    const double largest = (a - b).to(at::kDouble).abs().max().item<double>();
    const double scale = a.to(at::kDouble).abs().max().item<double>();
    return std::isfinite(largest / scale) ? largest / scale : std::numeric_limits<double>::infinity();
}

c10::IValue run_module(torch::jit::Module& module, const at::Tensor& images) {
    const torch::jit::GraphOptimizerEnabledGuard plain(false);  // a property of a thread
    return module.forward({images});
}

at::Tensor run_network(const NetworkRun& network, const at::Tensor& images, Batching batching, const OutputOf& output) {
    return batching == Batching::together ? run_together(network, images, output)
                                          : run_one_by_one(network, images, output);
}

at::Tensor noise_photos(const at::Tensor& like, std::int64_t photos) {
    const std::int64_t numbers = like.numel();
    at::Tensor values = at::empty({photos, numbers}, at::kFloat);
    float* to = values.data_ptr<float>();
    for (std::int64_t photo = 0; photo < photos; ++photo)
        for (std::int64_t i = 0; i < numbers; i += 4) {
            const auto bits =
                philox4x32({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(photo), 0, 0}, {0, 0});
            for (std::int64_t j = i; j < std::min(i + 4, numbers); ++j)
                *to++ = static_cast<float>(bits[static_cast<std::size_t>(j - i)]) * 0x1p-30F - 2.0F;  // -2 .. 2
        }
    return values.view({photos, like.size(1), like.size(2), like.size(3)})
        .to(like.options())
        .contiguous(like.suggest_memory_format());
}

BatchTrial try_batches(const NetworkRun& network, const at::Tensor& like, std::int64_t batch, const OutputOf& output) {
    const torch::InferenceMode inference;
    const at::Tensor photos = noise_photos(like, 2 * batch);
    const at::Tensor first = photos.narrow(0, 0, batch);
    BatchTrial trial;
    trial.output = run_together(network, first, output);
    if (trial.output.dim() == 0 || trial.output.size(0) != batch)
        throw InferenceError(fmt::format("the network gives a tensor of shape {} for a batch of {}",
                                         c10::str(trial.output.sizes()), batch));
    // Each photo moves by a place; those at even places, then those at odd ones, have new neighbours.
    const at::Tensor moved = first.roll(1, 0);
    const at::Tensor expected = trial.output.roll(1, 0);
    for (const std::int64_t parity : {0, 1}) {
        if (batch < 2) break;
        const at::Tensor stays = at::arange(batch).remainder(2).eq(parity).to(like.device());
        const at::Tensor mixed = at::where(stays.view({batch, 1, 1, 1}), moved, photos.narrow(0, batch, batch));
        const at::Tensor rows = run_together(network, mixed.contiguous(like.suggest_memory_format()), output);
        const at::Tensor places = stays.nonzero().flatten();
        trial.dependence = std::max(
            trial.dependence, relative_difference(expected.index_select(0, places), rows.index_select(0, places)));
    }
    if (!like.is_cuda() && at::get_num_threads() > 1) {
        for_each_alone(1, [&](std::size_t) {
            trial.threads = relative_difference(trial.output, run_together(network, first, output));
        });
    }
    return trial;
}

bool is_repeatable(const NetworkRun& network, const at::Tensor& like, std::int64_t batch, Batching batching,
                   const OutputOf& output) {
    const torch::InferenceMode inference;
    const at::Tensor photos = noise_photos(like, batch);
    const auto run = [&] { return run_network(network, photos, batching, output); };
    return relative_difference(run(), run()) == 0;
}

}  // namespace semscope::network
