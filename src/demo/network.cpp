#include "semscope/demo/network.hpp"

#include "miniature.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/parallel.hpp"
#include "semscope/demo/dataset.hpp"
#include "torch_module.hpp"

#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/nn/functional/loss.h>
#include <torch/optim/adamw.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace semscope::demo {

struct Network::State {
    torch::jit::Module module;
};

namespace {

constexpr std::size_t batch_size = 48;
constexpr std::size_t shard_count = 4;
constexpr double highest_rate = 4e-3;
constexpr double label_smoothing = 0.06;  // keeps the probabilities of a separable problem away from 1

std::vector<Miniature> draw_training_set(const TrainingOptions& options) {
    const auto requests = requests_for(options.seed, Purpose::training, options.images_per_scene);
    const auto pictures = draw_pictures(requests, options.threads);
    std::vector<Miniature> set;
    for (std::size_t i = 0; i < pictures.size(); ++i) set.push_back(make_miniature(pictures[i], requests[i].scene));
    return set;
}

std::vector<std::size_t> shuffled(std::size_t count, RandomStream& random) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = count; i > 1; --i)
        std::swap(order[i - 1], order[static_cast<std::size_t>(random.integer(0, static_cast<int>(i) - 1))]);
    return order;
}

/// A part of a batch, computed by one thread: views and targets.
struct Shard {
    torch::Tensor images, targets;
};

Shard make_shard(const std::vector<Miniature>& set, std::span<const std::size_t> chosen, std::uint64_t seed,
                 int epoch) {
    const auto count = static_cast<std::int64_t>(chosen.size());
    Shard shard{torch::empty({count, 3, miniature_crop, miniature_crop}), torch::empty({count, scene_count})};
    float* image = shard.images.data_ptr<float>();
    float* target = shard.targets.data_ptr<float>();
    for (const std::size_t index : chosen) {
        const auto turn = static_cast<std::uint32_t>(epoch) + 1;
        RandomStream random(seed, Purpose::batches, turn, static_cast<std::uint32_t>(index));
        training_view(set, index, random, image, target);
        image += 3 * miniature_crop * miniature_crop;
        target += scene_count;
    }
    return shard;
}

/// Rises for a tenth of the steps, then falls along a cosine.
double learning_rate(double progress) {
    constexpr double warm_up = 0.1;
    if (progress < warm_up) return highest_rate * (0.1 + 0.9 * progress / warm_up);
    return highest_rate * 0.5 * (1.0 + std::cos(std::numbers::pi * (progress - warm_up) / (1.0 - warm_up))) + 1e-5;
}

std::vector<torch::Tensor> parameters_of(const torch::jit::Module& module) {
    std::vector<torch::Tensor> parameters;
    for (const torch::Tensor& parameter : module.parameters()) parameters.push_back(parameter);
    return parameters;
}

/// Trains replicas of one network on the shards of each batch, one thread a shard, and adds their gradients in order.
///
/// The number of shards is fixed and each is computed by a single thread, so that the weights do not depend on the
/// number of threads; nor is there a team of threads that meets at every small operation, which on a busy machine
/// costs more than the work.
class Trainer {
  public:
    Trainer(const std::vector<Miniature>& set, const TrainingOptions& options)
        : set_(set),
          options_(options),
          module_(make_module(scene_count, options.seed)),
          optimizer_(parameters_of(module_), torch::optim::AdamWOptions(highest_rate).weight_decay(0.02)) {
        for (std::size_t i = 0; i < shard_count; ++i) replicas_.push_back(make_module(scene_count, options.seed));
    }

    /// Shows every picture once; returns the mean loss.
    double epoch(int number) {
        RandomStream random(options_.seed, Purpose::batches, 0, static_cast<std::uint32_t>(number));
        const std::vector<std::size_t> order = shuffled(set_.size(), random);
        double loss = 0.0;
        for (std::size_t first = 0; first < order.size(); first += batch_size) {
            const std::size_t count = std::min(batch_size, order.size() - first);
            const double done =
                (number + static_cast<double>(first) / static_cast<double>(order.size())) / options_.epochs;
            static_cast<torch::optim::AdamWOptions&>(optimizer_.param_groups()[0].options()).lr(learning_rate(done));
            loss += step(std::span(order).subspan(first, count), number);
        }
        return loss / static_cast<double>(order.size());
    }

    /// The trained network in evaluation mode; its running statistics are the mean of the replicas'.
    torch::jit::Module finish() {
        const torch::NoGradGuard no_gradients;
        for (const auto& buffer : module_.named_buffers()) {
            buffer.value.zero_();
            for (const auto& replica : replicas_)
                buffer.value.add_(replica.attr(buffer.name).toTensor(), 1.0 / shard_count);
        }
        module_.eval();
        return module_;
    }

  private:
    /// One step of the optimiser; returns the sum of the pictures' losses.
    double step(std::span<const std::size_t> chosen, int epoch) {
        const std::size_t part = (chosen.size() + shard_count - 1) / shard_count;
        std::array<std::vector<torch::Tensor>, shard_count> gradients;
        std::array<double, shard_count> losses{};
        parallel_for_each(shard_count, options_.threads, [&](std::size_t i) {
            const std::size_t begin = std::min(i * part, chosen.size()), end = std::min(begin + part, chosen.size());
            if (end - begin < 2) return;  // batch norm has no variance of a single picture
            const double share = static_cast<double>(end - begin) / static_cast<double>(chosen.size());
            losses[i] = shard_gradients(replicas_[i], chosen.subspan(begin, end - begin), epoch, share, gradients[i]);
        });
        apply(gradients);
        return std::accumulate(losses.begin(), losses.end(), 0.0) * static_cast<double>(chosen.size());
    }

    double shard_gradients(torch::jit::Module& replica, std::span<const std::size_t> chosen, int epoch, double share,
                           std::vector<torch::Tensor>& gradients) const {
        namespace F = torch::nn::functional;
        if (at::get_num_threads() != 1) at::set_num_threads(1);  // for this thread; it makes a pool of threads anew
        const torch::jit::GraphOptimizerEnabledGuard plain_interpretation(false);
        const Shard shard = make_shard(set_, chosen, options_.seed, epoch);
        const torch::Tensor logits = replica.get_method("score")({shard.images}).toTensor();
        const auto smoothing = F::CrossEntropyFuncOptions().label_smoothing(label_smoothing);
        const torch::Tensor loss = F::cross_entropy(logits, shard.targets, smoothing) * share;
        gradients = torch::autograd::grad({loss}, parameters_of(replica));
        return loss.item<double>();
    }

    void apply(const std::array<std::vector<torch::Tensor>, shard_count>& gradients) {
        const torch::NoGradGuard no_gradients;
        const std::vector<torch::Tensor> parameters = parameters_of(module_);
        for (std::size_t p = 0; p < parameters.size(); ++p) {
            torch::Tensor sum = torch::zeros_like(parameters[p]);
            for (const auto& shard : gradients)
                if (!shard.empty()) sum.add_(shard[p]);
            parameters[p].mutable_grad() = sum;
        }
        optimizer_.step();
        for (const auto& replica : replicas_) {
            const std::vector<torch::Tensor> copies = parameters_of(replica);
            for (std::size_t p = 0; p < parameters.size(); ++p) copies[p].copy_(parameters[p]);
        }
    }

    const std::vector<Miniature>& set_;
    TrainingOptions options_;
    torch::jit::Module module_;
    std::vector<torch::jit::Module> replicas_;
    torch::optim::AdamW optimizer_;
};

/// Lets malloc keep freed memory: to give megabytes back and fault them in again at every step costs a fifth of the
/// time.
void keep_memory() {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 1 << 28);
    mallopt(M_TRIM_THRESHOLD, 1 << 29);
#endif
}

/// The normalised centre crops of the pictures, [N, 3, 224, 224].
torch::Tensor centre_crops(std::span<const Picture> pictures) {
    constexpr int margin = (picture_size - crop_size) / 2;
    torch::Tensor images = torch::empty({static_cast<std::int64_t>(pictures.size()), 3, crop_size, crop_size});
    float* out = images.data_ptr<float>();
    for (const Picture& picture : pictures)
        for (std::size_t c = 0; c < 3; ++c)
            for (int y = margin; y < margin + crop_size; ++y)
                for (int x = margin; x < margin + crop_size; ++x) {
                    const std::size_t pixel = static_cast<std::size_t>(y) * picture_size + x;
                    const float value = static_cast<float>(picture.rgb[3 * pixel + c]) / 255.0F;
                    *out++ = (value - colour_mean[c]) / colour_deviation[c];
                }
    return images;
}

}  // namespace

Network::Network(std::unique_ptr<State> state) : state_(std::move(state)) {}
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;
Network::~Network() = default;

Network Network::train(const TrainingOptions& options, const Progress& progress) {
    keep_memory();
    try {
        progress(fmt::format("drawing {} training pictures", scene_count * options.images_per_scene));
        const std::vector<Miniature> set = draw_training_set(options);
        at::set_num_threads(1);
        Trainer trainer(set, options);
        for (int epoch = 0; epoch < options.epochs; ++epoch) {
            const double loss = trainer.epoch(epoch);
            progress(fmt::format("epoch {}/{}: loss {:.3f}", epoch + 1, options.epochs, loss));
        }
        return Network(std::make_unique<State>(State{trainer.finish()}));
    } catch (const c10::Error& error) {
        throw LibraryError(fmt::format("training the demo's network: {}", error.what_without_backtrace()));
    }
}

void Network::save(const std::filesystem::path& path) const {
    try {
        state_->module.save(path.string());
    } catch (const std::exception& error) {
        throw IoError(fmt::format("{}: cannot write the network: {}", path.string(), error.what()));
    }
}

std::vector<Scene> Network::classify(std::span<const Picture> pictures) const {
    const torch::NoGradGuard no_gradients;
    const torch::jit::GraphOptimizerEnabledGuard no_optimisation(false);
    std::vector<Scene> scenes;
    constexpr std::size_t at_once = 16;
    for (std::size_t first = 0; first < pictures.size(); first += at_once) {
        const auto images = centre_crops(pictures.subspan(first, std::min(at_once, pictures.size() - first)));
        const torch::Tensor best = state_->module.get_method("forward")({images}).toTensor().argmax(1);
        for (std::int64_t i = 0; i < best.size(0); ++i)
            scenes.push_back(static_cast<Scene>(best[i].item<std::int64_t>()));
    }
    return scenes;
}

}  // namespace semscope::demo
