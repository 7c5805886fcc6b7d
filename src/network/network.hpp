#pragma once

#include "batch_graph.hpp"
#include "batching.hpp"
#include "loaded_network.hpp"
#include "semscope/network/occluder.hpp"

#include <torch/script.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace semscope::network {

/// A classifier, ready to run on its device, and tried. A photo's scores have the same
/// bits whatever its place and neighbours in a batch, unless only a record of that is asked for.
class Network {
  public:
    /// See Occluder.
    explicit Network(const NetworkOptions& options);

    /// [batch,3,crop,crop] normalised float on the device, channels last in memory for preference -> [batch,C]
    /// probabilities, float32 on the device.
    at::Tensor probabilities(const at::Tensor& images);

    /// The frozen module; none for an AOTInductor package.
    const torch::jit::Module* module() const noexcept { return loaded_->module(); }

    /// Runs a module, a part of this network, as this network is run. Throws what the module throws.
    at::Tensor run_part(torch::jit::Module& part, const at::Tensor& batch) const;

    /// Compares what the scores of `images` are with model.output, and finds it where it is auto. Throws InputError
    /// that says what to set.
    void judge_output(const at::Tensor& images);

    /// What the network gives: model.output, or what judge_output has found.
    ModelOutput output() const noexcept { return options_.output; }

    /// Photos of noise as the network gets them, at most so many.
    at::Tensor noise(std::int64_t photos) const;

    /// What the trial found out about the network that a user should know.
    const std::vector<Remark>& remarks() const noexcept { return remarks_; }
    const Invariance& invariance() const noexcept { return invariance_; }

    /// Whether batches run as a graph.
    bool has_graph() const noexcept { return graph_ != nullptr; }

  private:
    /// Finds a memory format that the network takes, and returns how many photos it was tried with.
    int find_format();
    /// What is wrong with the output for so many photos in format_, or nothing.
    std::optional<std::string> problem_with(int photos);
    /// The size of batch that a network is written for, which does not take options_.batch; 0 where none is found.
    int find_batch(const std::string& problem);
    /// Whether the network wants photos as [N,H,W,3].
    bool takes_channels_last();
    /// Runs photos one by one, or records it, where their scores depend on the batch by rounding. Throws InputError
    /// where they depend on it by more, or are other ones each time.
    void require_batch_invariance();
    /// Of a network whose batches run as a whole.
    void record_invariance(const BatchTrial& trial);
    /// Records batches as a graph where that is asked for and the network allows it. Throws InputError where it has to.
    void record_graph();
    [[noreturn]] void refuse(const std::string& problem) const;

    at::Tensor blank(std::int64_t photos) const;
    /// As a graph where there is one for so many photos.
    at::Tensor run(const at::Tensor& images) const;
    at::Tensor run_operators(const at::Tensor& images) const;
    NetworkRun network_run() const;
    /// [batch,C] as the network gives them, float32.
    at::Tensor scores(const at::Tensor& images);

    NetworkOptions options_;
    at::ScalarType type_;
    at::MemoryFormat format_;
    std::unique_ptr<LoadedNetwork> loaded_;
    Batching batching_ = Batching::together;
    Invariance invariance_;
    std::unique_ptr<BatchGraph> graph_;
    std::string part_;  ///< of the output that is taken
    std::vector<Remark> remarks_;
};

}  // namespace semscope::network
