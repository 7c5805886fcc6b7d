#pragma once

#include "semscope/cli/settings.hpp"
#include "semscope/core/digest.hpp"
#include "semscope/core/enumeration.hpp"
#include "semscope/network/device.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace semscope::network {

using semscope::BatchInvariance;
using semscope::Fill;
using semscope::Mode;
using semscope::ModelOutput;

/// The path that stands for no network at all: all scores are 1 / C. For measuring everything but the network.
inline constexpr const char* null_network = "null";

struct NetworkOptions {
    std::filesystem::path path;  ///< TorchScript or package, [N,3,crop,crop] float -> [N,C]; or null_network
    ModelOutput output = ModelOutput::logits;
    Precision precision = Precision::fp32;
    Device device = {};
    int batch = cli::default_batch;  ///< images in every forward; short batches are padded
    int crop = data::Geometry{}.crop;
    int threads = 1;                  ///< compute threads of this process, CPU only
    std::size_t scenes = 0;           ///< C that the network has to give
    bool assemble_as_on_gpu = false;  ///< on a CPU, make batches with the tensor operations of a GPU; for tests
    BatchInvariance batch_invariance = BatchInvariance::require;
    CudaGraph cuda_graph = CudaGraph::off;
    double simulate_forward_ms = 0;  ///< null network only: what a forward takes, milliseconds
    ExpectedSha256 sha256 = {};      ///< that the file must have to be loaded
};

struct OcclusionOptions {
    Fill fill = cli::OcclusionSettings{}.fill;
    Mode mode = cli::OcclusionSettings{}.mode;
    std::array<float, 3> colour = cli::OcclusionSettings{}.colour;  ///< R, G, B in 0..1, of Fill::mean
    cli::InputColours input = {};
    int blur_kernel = cli::OcclusionSettings{}.blur_kernel;  ///< odd, pixels
    double blur_sigma = cli::OcclusionSettings{}.blur_sigma;
    std::uint64_t noise_seed = cli::OcclusionSettings{}.noise_seed;
};

/// Whether a photo's scores have the same bits whatever runs beside them, as a trial with noise has found.
struct Invariance {
    bool batch = true;    ///< at each place and among any photos of a batch
    bool threads = true;  ///< with any number of compute threads
};

/// A preprocessed image on the host: crop x crop x 3 RGB bytes and crop x crop class labels.
struct Sample {
    std::uint64_t image = 0;  ///< its index in the image list; the noise fill depends on it
    std::vector<std::uint8_t> rgb;
    std::vector<std::uint16_t> labels;
};

/// One forward: the image in `slot` with `semantic` inhibited; 0 = the image as it is. A coalition of classes inhibits
/// several at once: `semantic` and those in `also`.
struct Forward {
    int slot = 0;
    std::uint16_t semantic = 0;
    std::vector<std::uint16_t> also = {};  ///< empty where semantic is 0

    bool is_photo() const noexcept { return semantic == 0; }
};

/// A scene classifier that sees occluded images. Images go to the device once, into slots; the occluded variants are
/// made there. Every forward has the shape [batch,3,crop,crop], whatever is asked for, so that results do not depend
/// on how the work was cut. All calls are local; one thread at a time.
class Occluder {
  public:
    /// Loads and freezes the network and tries it; what its scores are is judged by those of `photos`, of noise where
    /// there are none. Throws InputError when the file is no network, does not give [batch, scenes] numbers or
    /// gives others than NetworkOptions::output says, UsageError for a precision or a CUDA graph that the device has
    /// not.
    Occluder(const NetworkOptions& network, const OcclusionOptions& occlusion,
             std::span<const std::shared_ptr<const Sample>> photos = {});
    ~Occluder();
    Occluder(Occluder&&) noexcept;
    Occluder& operator=(Occluder&&) noexcept;

    /// What the trial found out about the network.
    std::vector<Remark> remarks() const;
    Invariance invariance() const;

    /// Whether batches run as a CUDA graph.
    bool cuda_graph() const noexcept;

    const NetworkOptions& options() const noexcept;

    /// What the network gives: NetworkOptions::output, or what the trial has found for auto.
    ModelOutput output() const noexcept;

    int batch() const noexcept;
    /// Number of slots: as many images as one batch can touch.
    int slots() const noexcept;

    /// Puts an image into a slot, replacing what was there. The sample is kept alive until then.
    void load(int slot, std::shared_ptr<const Sample> sample);

    /// Makes the variants of `forwards` (1 .. batch of them), padded to the batch; the next `forward` uses them.
    void assemble(std::span<const Forward> forwards);

    /// Begins to run the network on the assembled batch. On a GPU this only queues the work, and the next batch can be
    /// loaded, assembled and started meanwhile; on the CPU it does the work. Throws InferenceError when the network
    /// fails.
    void start();

    /// Whether batches that were started run by themselves, as on a GPU.
    bool runs_by_itself() const noexcept;

    /// Batches that were started and not finished.
    std::size_t started() const noexcept;
    /// Forwards of the oldest of them, without padding.
    std::size_t started_forwards() const;

    /// Waits for the oldest started batch. `probabilities` receives one row of `scenes` for each of its forwards.
    void finish(std::span<float> probabilities);

    /// start and finish.
    void forward(std::span<float> probabilities);

  private:
    friend class TorchAccess;
    struct State;
    std::unique_ptr<State> state_;
};

/// Version of LibTorch and the CPU or GPU library behind it, for the provenance.
std::string torch_description();

/// What a forward costs in batches of some size.
struct BatchSpeed {
    int batch = 0;
    double seconds_per_forward = 0;  ///< infinite where the device has not enough memory
};

/// Runs `network` (whose own batch is passed over) in batches of a few sizes, for about a second in all on a GPU, a few
/// seconds on a CPU. The sizes are the same on every rank and run. `on_batch` is called after each batch. Local. Throws
/// what Occluder throws.
std::vector<BatchSpeed> measure_batches(
    const NetworkOptions& network, const std::function<void()>& on_batch = [] {});

/// The smallest size whose forwards cost at most 3 % more than the cheapest: small batches need less memory, and fewer
/// forwards of the last one are padding. `speeds` is not empty.
int choose_batch(const std::vector<BatchSpeed>& speeds);

}  // namespace semscope::network
