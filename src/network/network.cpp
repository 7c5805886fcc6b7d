#include "network.hpp"

#include "network_output.hpp"
#include "semscope/core/errors.hpp"
#include "torch_device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <new>
#include <utility>

namespace semscope::network {

namespace {

/// Photos of the first trial. Few, since it only asks whether the network fits; the library prepares itself for the
/// shape of a batch in the first one, which takes little longer than the others.
constexpr int trial_photos = 2;

}  // namespace

Network::Network(const NetworkOptions& options)
    : options_(options),
      type_(scalar_type(options.precision, options.device)),
      format_(memory_format(type_, options.device)),
      loaded_(load_network({options.path, options.sha256, options.device, type_, options.threads})) {
    if (const std::string description = loaded_->description(); !description.empty()) remarks_.push_back({description});
    const int photos = find_format();
    if (options_.device.kind == DeviceKind::cpu) {
        const Batching wanted = loaded_->batching_for(blank(photos));
        if (options_.batch_invariance == BatchInvariance::require) batching_ = wanted;
    }
    require_batch_invariance();
    record_graph();
}

void Network::record_graph() {
    if (options_.cuda_graph == CudaGraph::off || options_.device.kind == DeviceKind::cpu) return;
    GraphTrial trial = try_graph([&](const at::Tensor& images) { return run_operators(images); },
                                 noise(2 * std::int64_t{options_.batch}), capture_cuda_graph);
    graph_ = std::move(trial.graph);
    if (!graph_ && options_.cuda_graph == CudaGraph::on)
        refuse(fmt::format("cannot run as a CUDA graph: {}; set run.cuda-graph = auto or off", trial.refusal));
    remarks_.push_back(
        {graph_ ? "batches run as a CUDA graph" : fmt::format("batches run without a CUDA graph: {}", trial.refusal)});
}

void Network::refuse(const std::string& problem) const {
    throw InputError(fmt::format("{}: {}", options_.path.string(), problem));
}

at::Tensor Network::blank(std::int64_t photos) const {
    const auto crop = static_cast<std::int64_t>(options_.crop);
    const auto like = at::TensorOptions().dtype(type_).device(torch_device(options_.device));
    return torch::zeros({photos, 3, crop, crop}, like).contiguous(format_);
}

NetworkRun Network::network_run() const {
    return [&network = *loaded_](const at::Tensor& images) { return network.run(images); };
}

at::Tensor Network::run(const at::Tensor& images) const {
    return graph_ && images.size(0) == options_.batch ? graph_->replay(images) : run_operators(images);
}

at::Tensor Network::run_operators(const at::Tensor& images) const {
    return run_network(network_run(), images.contiguous(format_), batching_, scores_of);
}

at::Tensor Network::run_part(torch::jit::Module& part, const at::Tensor& batch) const {
    const auto run = [&](const at::Tensor& images) { return run_module(part, images); };
    const at::Tensor input = batch.to(type_);
    return run_network(run, input.dim() == 4 ? input.contiguous(format_) : input, batching_, scores_of);
}

int Network::find_format() {
    const at::MemoryFormat preferred = format_;
    // A network may be written for one size of batch; then the trial must have that.
    std::optional<std::string> first;
    for (const at::MemoryFormat format : {preferred, at::MemoryFormat::Contiguous}) {
        format_ = format;
        for (const int photos : {std::min(trial_photos, options_.batch), options_.batch}) {
            const auto problem = problem_with(photos);
            if (!problem) {
                if (!part_.empty()) remarks_.push_back({fmt::format("the scores are {}", part_)});
                if (format != preferred)
                    remarks_.push_back(
                        {"the network takes no photos with channels last in memory; they are contiguous"});
                return photos;
            }
            if (!first || photos == options_.batch) first = first && format != preferred ? first : problem;
        }
    }
    format_ = preferred;
    if (const int batch = find_batch(*first); batch != 0)
        refuse(fmt::format("is written for batches of {}: set run.batch = {} (with {}, it {})", batch, batch,
                           options_.batch, *first));
    if (takes_channels_last())
        refuse(
            "takes photos as [N,H,W,3], where [N,3,H,W] come: put x.permute(0, 2, 3, 1) in front of it when you export "
            "it");
    refuse(*first);
}

bool Network::takes_channels_last() {
    const std::int64_t photos = options_.batch;
    try {
        const at::Tensor images = blank(photos).permute({0, 2, 3, 1}).contiguous();
        const at::Tensor given = run_network(network_run(), images, Batching::together, scores_of);
        return given.dim() == 2 && given.size(0) == photos &&
               given.size(1) == static_cast<std::int64_t>(options_.scenes);
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception&) {
        return false;
    }
}

/// A batch that the network takes, where it takes only one; 0 = none. `problem`: with the batch that is asked for.
int Network::find_batch(const std::string& problem) {
    // Another batch does not help, and the large ones would take much memory.
    for (const char* other_reason :
         {"asks for a GPU by a constant", "does not know the operator", "but data.scenes lists"})
        if (problem.find(other_reason) != std::string::npos) return 0;
    const at::MemoryFormat preferred = format_;
    int found = 0;
    for (const at::MemoryFormat format : {preferred, at::MemoryFormat::Contiguous})
        for (const int photos : {1, 2, 4, 8, 16, 32, 64, 128, 256, 512}) {
            format_ = format;
            if (found == 0 && photos != options_.batch && !problem_with(photos)) found = photos;
        }
    format_ = preferred;
    return found;
}

std::optional<std::string> Network::problem_with(int photos) {
    at::Tensor scores;
    try {
        scores =
            run_network(network_run(), blank(photos), batching_, [&](const c10::IValue& output, std::int64_t count) {
                part_ = describe_part(output);
                return scores_of(output, count);
            });
    } catch (const InputError& error) {
        return error.what();
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& error) {
        if (is_out_of_memory(error.what())) throw InferenceError(describe_failure(error.what(), photos));
        return fmt::format("does not take [{},3,{},{}]: {}", photos, options_.crop, options_.crop,
                           first_cause(error.what()));
    }
    if (scores.dim() != 2 || scores.size(0) != photos)
        return fmt::format("gives a tensor of shape {} where [{},C] is expected", c10::str(scores.sizes()), photos);
    if (scores.size(1) != static_cast<std::int64_t>(options_.scenes))
        return fmt::format("the network gives {} scores, but data.scenes lists {} scenes", scores.size(1),
                           options_.scenes);
    return std::nullopt;
}

void Network::require_batch_invariance() {
    const at::Tensor photo = blank(1);
    const auto require_repeatable = [&] {
        if (!is_repeatable(network_run(), photo, std::min(trial_photos, options_.batch), batching_, scores_of))
            refuse(fmt::format("gives the same photo other scores each time. {}, without dropout, noise or state",
                               export_hint));
    };
    try {
        if (batching_ == Batching::together) {
            const BatchTrial trial = try_batches(network_run(), photo, options_.batch, scores_of);
            if (trial.dependence == 0) {
                if (options_.batch == 1) require_repeatable();
                record_invariance(trial);
                return;
            }
            if (options_.batch <= trial_photos || !problem_with(trial_photos)) require_repeatable();
            if (trial.dependence > rounding(type_))
                refuse(
                    fmt::format("gives a photo scores that depend on the other photos of its batch, by {:.1g} of the "
                                "largest score. {}, without batch statistics and operations over the batch",
                                trial.dependence, export_hint));
            if (options_.batch_invariance == BatchInvariance::record) {
                record_invariance(trial);
                return;
            }
            batching_ = Batching::one_by_one;
        }
        remarks_.push_back(
            {"the network rounds a photo's scores by its place in the batch; photos are run one by one, "
             "in a thread each"});
        require_repeatable();
    } catch (const Error&) {
        throw;
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& error) {
        if (is_out_of_memory(error.what())) throw InferenceError(describe_failure(error.what(), options_.batch));
        refuse(fmt::format("rounds a photo's scores by its place in the batch, and does not take a photo alone: {}",
                           first_cause(error.what())));
    }
}

void Network::record_invariance(const BatchTrial& trial) {
    invariance_ = {.batch = trial.dependence == 0, .threads = trial.threads == 0};
    if (!invariance_.threads)
        remarks_.push_back({fmt::format("the network rounds otherwise with one thread than with {}: only runs with "
                                        "the same run.threads give the same bits",
                                        options_.threads),
                            true});
    if (!invariance_.batch)
        remarks_.push_back(
            {"the network rounds a photo's scores by its place in the batch: runs with other ranks, or "
             "that were interrupted, differ in the last bits (run.batch-invariance = record)",
             true});
}

at::Tensor Network::noise(std::int64_t photos) const { return noise_photos(blank(1), photos); }

void Network::judge_output(const at::Tensor& images) {
    if (options_.scenes < 2) return;
    const torch::InferenceMode inference;
    const ScoreKind kind = kind_of(scores(images), type_);
    if (const std::string problem = problem_with_kind(kind, options_.output, "model.output"); !problem.empty())
        refuse(problem);
    if (kind == ScoreKind::independent)
        remarks_.push_back(
            {"all scores of the network are in 0..1, as if it ended with a sigmoid; a softmax is made of them, as of "
             "logits",
             true});
    if (options_.output == ModelOutput::automatic) {
        options_.output = declaration_of(kind);
        remarks_.push_back({fmt::format("model.output = auto: the network gives {}", name_of(options_.output))});
    } else if (options_.output == ModelOutput::logits && kind == ScoreKind::log_probabilities) {
        remarks_.push_back({"the network gives log-probabilities; their softmax are its probabilities"});
    }
}

at::Tensor Network::scores(const at::Tensor& images) {
    at::Tensor scores;
    try {
        scores = run(images.to(type_).contiguous(format_)).to(at::kFloat);
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& error) {
        throw InferenceError(describe_failure(error.what(), options_.batch));
    }
    if (scores.dim() != 2 || scores.size(0) != images.size(0) ||
        scores.size(1) != static_cast<std::int64_t>(options_.scenes))
        throw InferenceError(fmt::format("the network gives a tensor of shape {} for a batch of {}",
                                         c10::str(scores.sizes()), images.size(0)));
    return scores;
}

namespace {

/// Probabilities that a network in `type` has rounded: what exceeds 1 by rounding is 1, and in half precision the sum
/// is made 1. Rows that miss the sum of 1 by more stay as they are, to be refused.
at::Tensor without_rounding(const at::Tensor& given, at::ScalarType type) {
    const at::Tensor sums = given.sum(1, /*keepdim=*/true);
    const at::Tensor near = (sums - 1).abs().lt(sum_tolerance(type));
    const at::Tensor scaled = type == at::kFloat ? given : torch::where(near, given / sums, given);
    return torch::where(near.logical_and(scaled.gt(1)), torch::ones_like(scaled), scaled);
}

}  // namespace

at::Tensor Network::probabilities(const at::Tensor& images) {
    const torch::InferenceMode inference;
    const at::Tensor given = scores(images);
    if (options_.output == ModelOutput::logits || options_.output == ModelOutput::automatic) return given.softmax(1);
    const bool logarithms = options_.output == ModelOutput::log_probabilities;
    return without_rounding(logarithms ? given.exp() : given, type_);
}

}  // namespace semscope::network
