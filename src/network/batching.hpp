#pragma once

#include <torch/script.h>

#include <cstdint>
#include <filesystem>
#include <functional>

/// How a network is run, so that a photo's numbers do not depend on the batch that it is part of.
namespace semscope::network {

enum class Batching {
    together,    ///< all photos of a batch in one forward
    one_by_one,  ///< a forward for each photo, in one thread; on a CPU several photos side by side
};

/// The tensor out of what a network returns for so many photos: [photos,...].
using OutputOf = std::function<at::Tensor(const c10::IValue&, std::int64_t photos)>;

/// What a network makes of photos, [N,3,H,W] on its device. Several threads may call it at once.
using NetworkRun = std::function<c10::IValue(const at::Tensor& images)>;

/// Runs a frozen module. The graph runs as it is: the fusers of Torch's profiling executor would compute the first
/// batches with other kernels, and other bits, than those after them (pytorch/pytorch#74534), and would compile again
/// for each size of photos. Throws what the network throws.
c10::IValue run_module(torch::jit::Module& module, const at::Tensor& images);

/// Runs a network on `images`, [N,3,H,W]. Throws what it throws.
at::Tensor run_network(const NetworkRun& network, const at::Tensor& images, Batching batching, const OutputOf& output);

/// The largest difference of two tensors, relative to the largest number of `a`; 0 for equal bits, infinite where only
/// one of two is finite or the shapes differ. What is not a number equals what is not a number.
double relative_difference(const at::Tensor& a, const at::Tensor& b);

/// Photos of noise, [photos,3,H,W] with the options of `like`: what a network makes of each differs.
at::Tensor noise_photos(const at::Tensor& like, std::int64_t photos);

/// What sums in another order may differ by, relative to the largest number.
double rounding(at::ScalarType type);

/// What to do about a network that is no function of one photo.
inline constexpr const char* export_hint = "Export the network in evaluation mode (model.eval())";

/// What a trial of full batches shows.
struct BatchTrial {
    at::Tensor output;  ///< of a batch of noise
    double dependence =
        0;               ///< largest difference of a photo's numbers at another place among other photos; 0 = same bits
    double threads = 0;  ///< the same between one compute thread and all
};

/// Runs `network` on batches of `batch` photos of noise. Differences are relative to the largest number, and infinite
/// where only one of two is finite. `like` has the type, the device and the memory format of the photos, [1,3,H,W].
/// Throws what the network throws, and InferenceError where it does not give `batch` rows.
BatchTrial try_batches(const NetworkRun& network, const at::Tensor& like, std::int64_t batch, const OutputOf& output);

/// Whether the same photos of noise get the same bits each time.
bool is_repeatable(const NetworkRun& network, const at::Tensor& like, std::int64_t batch, Batching batching,
                   const OutputOf& output);

}  // namespace semscope::network
