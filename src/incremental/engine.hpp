#pragma once

#include "graph_reader.hpp"
#include "group_executor.hpp"
#include "groups.hpp"
#include "semscope/network/torch_access.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace semscope::incremental {

/// What came of a trial on photos of noise.
struct Trial {
    /// The largest difference from the network itself, relative to the largest score.
    double difference = 0;
    /// Whether the forwards had the same bits at other places of a group.
    bool same_anywhere = true;
};

/// The scores of photos and variants: the part of a network that is understood by a GroupExecutor, the rest of it in
/// batches of whole forwards. On a GPU the work is queued; the host waits only for the numbers of dirty pixels.
class Engine {
  public:
    /// Throws InferenceError where the device has no memory for a second copy of the weights.
    Engine(network::TorchAccess access, Reading reading);

    /// Throws InferenceError.
    Trial try_out();

    /// Forwards of a batch that leaves no compute thread without a group.
    std::size_t full_batch() const;
    /// How many of these forwards make the next batch.
    std::size_t next_batch(std::span<const network::Forward> queue) const;

    /// What the forwards change of their bases, in groups of whole photos. A photo of more forwards than a group holds
    /// is computed once for each of its groups. Throws InferenceError.
    std::vector<GroupInput> assemble(std::span<const network::Forward> forwards) const;

    /// Probabilities of the forwards that `inputs` were made of, [forwards,C] on the device. Throws InferenceError.
    at::Tensor run(std::vector<GroupInput> inputs);

    const GroupExecutor& executor() const noexcept { return *executor_; }

  private:
    GroupInput make_input(std::span<const network::Forward> forwards, int threads) const;
    std::vector<int> bases_of(std::span<const network::Forward> forwards) const;
    GroupLimits limits() const;
    GroupInput input_of(const Group& group, const at::Tensor& images) const;
    at::Tensor maps(std::vector<GroupInput> inputs);
    at::Tensor scores(const at::Tensor& maps);
    at::Tensor whole_scores(const at::Tensor& photos) const;
    at::Tensor run_rest(const at::Tensor& maps);

    network::TorchAccess access_;
    bool with_tensors_;  ///< by tensor operations on the device, as on a GPU
    std::unique_ptr<GroupExecutor> executor_;
    std::optional<torch::jit::Module> rest_;
    bool flat_ = false;
};

}  // namespace semscope::incremental
