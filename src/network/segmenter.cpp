#include "semscope/network/segmenter.hpp"

#include "batching.hpp"
#include "loaded_network.hpp"
#include "network_output.hpp"
#include "semscope/core/errors.hpp"
#include "torch_device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <new>
#include <numeric>

namespace semscope::network {

namespace {

at::Tensor per_channel(const std::array<float, 3>& values, torch::Device device) {
    return torch::tensor({values[0], values[1], values[2]}, at::kFloat).view({1, 3, 1, 1}).to(device);
}

}  // namespace

struct Segmenter::State {
    explicit State(const SegmenterOptions& segmenter_options)
        : options(segmenter_options),
          device(torch_device(options.device)),
          type(scalar_type(options.precision, options.device)),
          network(load_network({options.path, options.sha256, options.device, type, options.threads})),
          mean(per_channel(options.colours.mean, device)),
          std(per_channel(options.colours.std, device)) {}

    /// [N,3,H,W] normalised -> [N,K,h,w] float32 as the network gives them.
    at::Tensor scores(const at::Tensor& images) {
        const at::Tensor input = images.to(type).contiguous(memory_format(type, options.device));
        const auto run = [&](const at::Tensor& photos) { return network->run(photos); };
        return run_network(run, input, batching,
                           [](const c10::IValue& output, std::int64_t /*photos*/) { return tensor_of(output); })
            .to(at::kFloat);
    }

    /// The same as logits. Those of probabilities are their logarithms: interpolated they stay what the network would
    /// have given without its softmax.
    at::Tensor logits(const at::Tensor& images) {
        const at::Tensor given = scores(images);
        const bool logarithms = options.output == ModelOutput::log_probabilities;
        if (!logarithms && options.output != ModelOutput::probabilities) return given;
        const at::Tensor sums = (logarithms ? given.exp() : given).sum(1);
        const bool in_range = logarithms || given.ge(0).all().item<bool>();
        if (!in_range || !(sums - 1).abs().le(sum_tolerance(type)).all().item<bool>())
            throw InferenceError(
                fmt::format("the network gave no probabilities with the sum 1, which segment.output = {} promises",
                            name_of(options.output)));
        return logarithms ? given : given.clamp_min(std::numeric_limits<float>::min()).log();
    }

    /// Compares the scores of the trial with segment.output, and finds it where it is auto.
    void judge_output(const at::Tensor& trial) {
        const ScoreKind kind = kind_of(trial, type);
        if (const std::string problem = problem_with_kind(kind, options.output, "segment.output"); !problem.empty())
            throw InputError(problem);
        if (kind == ScoreKind::independent)
            remarks.push_back(
                {"all scores of the segmentation network are in 0..1, as if it ended with a sigmoid; a softmax is made "
                 "of "
                 "them, as of logits",
                 true});
        if (options.output == ModelOutput::automatic) options.output = declaration_of(kind);
    }

    /// Transformers round by the place in the batch: their photos are run one by one, as in Network.
    void choose_batching() {
        if (options.device.kind != DeviceKind::cpu) return;
        constexpr std::int64_t photos = 2;
        const auto format = memory_format(type, options.device);
        const at::Tensor trial = torch::zeros({photos, 3, options.probe.height, options.probe.width}, type);
        try {
            batching = network->batching_for(trial.contiguous(format));
        } catch (const std::bad_alloc&) {
            throw;
        } catch (const std::exception&) {
            return;  // written for photos one by one
        }
    }

    /// The scores of a photo and of noise beside it; undefined where the network takes one photo at a time.
    at::Tensor scores_of_two(const at::Tensor& photo) {
        constexpr int photos = 2;
        at::Tensor given;
        try {
            given = scores(at::cat({photo, noise_photos(photo, photos).narrow(0, 1, 1)}));
        } catch (const std::bad_alloc&) {
            throw;
        } catch (const std::exception& error) {
            if (is_out_of_memory(error.what()))
                throw InferenceError(describe_failure(error.what(), photos, "segment.batch"));
            return {};
        }
        return given.dim() == 4 && given.size(0) == photos ? given : at::Tensor();
    }

    /// Label maps of a network with dropout or batch statistics would be others each time, and those of a folder no
    /// function of its photos. `given`: the numbers of `images`, one photo, which the network has had before.
    void require_function_of_one_photo(const at::Tensor& images, const at::Tensor& given) {
        if (relative_difference(given, scores(images)) > 0)
            throw InputError(fmt::format(
                "gives the same photo other scores each time. {}, without dropout, noise or state", export_hint));
        if (options.batch < 2) return;
        const at::Tensor beside = scores_of_two(images);
        if (!beside.defined()) {
            batching = Batching::one_by_one;
            remarks.push_back({"the segmentation network takes one photo at a time; photos are run one by one"});
            return;
        }
        const double dependence = relative_difference(given, beside.narrow(0, 0, 1));
        if (dependence > rounding(type))
            throw InputError(
                fmt::format("gives a photo scores that depend on the other photos of its batch, by {:.1g} of the "
                            "largest score. {}, without batch statistics and operations over the batch",
                            dependence, export_hint));
    }

    /// Photos of one size as [batch,3,H,W], normalised.
    at::Tensor normalised(std::span<const data::Image> photos, std::size_t batch) const {
        std::vector<at::Tensor> images;
        for (std::size_t i = 0; i < batch; ++i) {
            const data::Image& photo = photos[std::min(i, photos.size() - 1)];
            auto* const pixels = const_cast<std::uint8_t*>(photo.pixels.data());
            images.push_back(torch::from_blob(pixels, {photo.size.height, photo.size.width, 3}, at::kByte));
        }
        const at::Tensor colours = torch::stack(images).to(device).permute({0, 3, 1, 2}).to(at::kFloat);
        const bool bytes = options.colours.scale == ColourScale::bytes;
        const at::Tensor input = ((bytes ? colours : colours / 255) - mean) / std;
        return options.colours.channels == ChannelOrder::bgr ? input.flip(1) : input;
    }

    SegmenterOptions options;
    torch::Device device;
    at::ScalarType type;
    std::unique_ptr<LoadedNetwork> network;
    Batching batching = Batching::together;
    at::Tensor mean, std;
    std::size_t labels = 0;
    std::vector<std::uint16_t> mapping;
    std::vector<Remark> remarks;
};

Segmenter::Segmenter(const SegmenterOptions& options) {
    const torch::InferenceMode inference;
    prepare_cpu(options.threads);
    prepare_device(options.device);
    state_ = std::make_unique<State>(options);
    const data::ImageSize size = options.probe;
    at::Tensor images, output;
    try {
        const bool noise = options.photo.pixels.empty();
        images = noise ? noise_photos(torch::zeros({1, 3, size.height, size.width}, state_->device), 1)
                       : state_->normalised(std::span(&options.photo, 1), 1);
        output = state_->scores(images);
    } catch (const InputError& error) {
        throw InputError(fmt::format("{}: {}", options.path.string(), error.what()));
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& error) {
        throw InputError(fmt::format("{}: does not take [1,3,{},{}]: {}", options.path.string(), size.height,
                                     size.width, first_cause(error.what())));
    }
    if (output.dim() != 4 || output.size(0) != 1 || output.size(1) < 2 || output.numel() == 0)
        throw InputError(fmt::format("{}: gives a tensor of shape {} where [1,K,h,w] is expected",
                                     options.path.string(), c10::str(output.sizes())));
    state_->choose_batching();
    try {
        state_->require_function_of_one_photo(images, output);
        state_->judge_output(output);
    } catch (const InputError& error) {
        throw InputError(fmt::format("{}: {}", options.path.string(), error.what()));
    }
    state_->labels = static_cast<std::size_t>(output.size(1));
    state_->mapping.resize(state_->labels);
    std::iota(state_->mapping.begin(), state_->mapping.end(), std::uint16_t{0});
}

Segmenter::~Segmenter() = default;
Segmenter::Segmenter(Segmenter&&) noexcept = default;
Segmenter& Segmenter::operator=(Segmenter&&) noexcept = default;

std::size_t Segmenter::labels() const noexcept { return state_->labels; }
ModelOutput Segmenter::output() const noexcept { return state_->options.output; }
const std::vector<Remark>& Segmenter::remarks() const noexcept { return state_->remarks; }

void Segmenter::set_mapping(std::span<const std::uint16_t> mapping) {
    if (mapping.size() != state_->labels)
        throw InputError(fmt::format("segment.map has {} labels, {} gives {}", mapping.size(),
                                     state_->options.path.string(), state_->labels));
    state_->mapping.assign(mapping.begin(), mapping.end());
}

std::vector<Segmentation> Segmenter::segment(std::span<const data::Image> photos,
                                             std::span<const data::ImageSize> stored, std::size_t batch) {
    if (photos.empty() || photos.size() > batch || stored.size() != photos.size())
        throw LibraryError(fmt::format("{} photos of {} sizes for a batch of {}", photos.size(), stored.size(), batch));
    const torch::InferenceMode inference;
    State& s = *state_;
    at::Tensor logits, mirrored;
    try {
        const at::Tensor images = s.normalised(photos, batch);
        logits = s.logits(images);
        if (s.options.flip) mirrored = s.logits(images.flip(3)).flip(3);
    } catch (const Error&) {
        throw;
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& error) {
        throw InferenceError(describe_failure(error.what(), static_cast<int>(batch), "segment.batch"));
    }
    const auto rows = static_cast<std::int64_t>(photos.size());
    if (!logits.narrow(0, 0, rows).isfinite().all().item<bool>())
        throw InferenceError("the network gave something that is not a finite number");
    std::vector<Segmentation> result;
    for (std::int64_t i = 0; i < rows; ++i)
        result.push_back(best_classes({logits[i], s.options.flip ? mirrored[i] : at::Tensor()},
                                      stored[static_cast<std::size_t>(i)], s.mapping, s.options.min_confidence));
    return result;
}

}  // namespace semscope::network
