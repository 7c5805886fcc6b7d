#pragma once

#include "executor.hpp"
#include "graph_reader.hpp"
#include "semscope/network/torch_access.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace semscope::incremental {

/// Forwards that are computed together, at least: with fewer, the small maps of the last layers would have few rows.
inline constexpr std::size_t smallest_group = 8;

/// The scores of photos and variants: the part of a network that is understood by an Executor, the rest of it in
/// batches of whole forwards.
class Engine {
  public:
    Engine(network::TorchAccess access, Reading reading, const Kernels& kernels);

    /// The largest difference from the network itself on photos of noise, relative to the largest score.
    double trial_difference();

    /// What the photos and variants of `forwards` change, in groups of whole photos. A photo of more classes than a
    /// group holds is computed once for each of its groups.
    std::vector<GroupInput> assemble(std::span<const network::Forward> forwards) const;

    /// Probabilities of the forwards that `inputs` were made of, [forwards,C].
    at::Tensor run(const std::vector<GroupInput>& inputs);

    const Executor& executor() const noexcept { return executor_; }

  private:
    GroupInput make_input(std::span<const network::Forward> forwards) const;
    at::Tensor scores(const GroupInput& input);
    at::Tensor run_rest(const at::Tensor& maps);

    network::TorchAccess access_;
    Executor executor_;
    std::optional<torch::jit::Module> rest_;
    bool flat_ = false;
};

}  // namespace semscope::incremental
