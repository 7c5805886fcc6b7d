#pragma once

#include "semscope/base/digest.hpp"
#include "semscope/inference/device.hpp"
#include "semscope/inference/precision.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace semscope::inference {

/// What the pixels of an inhibited class get. `reference` is the un-normalised mean colour written into the normalised
/// tensor, as the published code does; `mean` the mean colour itself (0 after normalisation), as the paper says.
enum class Fill { mean, reference, black, white, blur, noise };

/// `remove` inhibits the class itself, `keep` everything but the class.
enum class Mode { remove, keep };

/// What the network's output is: logits get a softmax, probabilities are taken as they are.
enum class ModelOutput { logits, probabilities };

/// The path that stands for no network at all: all scores are 1 / C. For measuring everything but the network.
inline constexpr const char* null_network = "null";

struct NetworkOptions {
    std::filesystem::path path;  ///< TorchScript, [N,3,crop,crop] float -> [N,C]; or null_network
    ModelOutput output = ModelOutput::logits;
    Precision precision = Precision::fp32;
    Device device;
    int batch = 32;  ///< images in every forward; short batches are padded
    int crop = 224;
    int threads = 1;                  ///< compute threads of this process, CPU only
    std::size_t scenes = 0;           ///< C that the network has to give
    bool assemble_as_on_gpu = false;  ///< on a CPU, make batches with the tensor operations of a GPU; for tests
    double simulate_forward_ms = 0;   ///< null network only: what a forward takes, milliseconds
    ExpectedSha256 sha256 = {};       ///< that the file must have to be loaded
};

struct OcclusionOptions {
    Fill fill = Fill::mean;
    Mode mode = Mode::remove;
    std::array<float, 3> mean{0.485F, 0.456F, 0.406F};  ///< of R, G, B in 0..1
    std::array<float, 3> std{0.229F, 0.224F, 0.225F};
    int blur_kernel = 31;  ///< odd, pixels
    double blur_sigma = 10;
    std::uint64_t noise_seed = 0;
};

/// A preprocessed image on the host: crop x crop x 3 RGB bytes and crop x crop class labels.
struct Sample {
    std::uint64_t image = 0;  ///< its index in the image list; the noise fill depends on it
    std::vector<std::uint8_t> rgb;
    std::vector<std::uint8_t> labels;
};

/// One forward: the image in `slot` with `semantic` inhibited; 0 = the image as it is.
struct Forward {
    int slot = 0;
    std::uint16_t semantic = 0;
};

/// A scene classifier that sees occluded images. Images go to the device once, into slots; the occluded variants are
/// made there. Every forward has the shape [batch,3,crop,crop], whatever is asked for, so that results do not depend
/// on how the work was cut. All calls are local; one thread at a time.
class Occluder {
  public:
    /// Loads and freezes the network and runs it once on few images. Throws InputError when the file is not TorchScript
    /// or does not give [batch, scenes] numbers, UsageError for a precision that the device has not.
    Occluder(const NetworkOptions& network, const OcclusionOptions& occlusion);
    ~Occluder();
    Occluder(Occluder&&) noexcept;
    Occluder& operator=(Occluder&&) noexcept;

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

    /// Batches that were started and not finished.
    std::size_t started() const noexcept;
    /// Forwards of the oldest of them, without padding.
    std::size_t started_forwards() const;

    /// Waits for the oldest started batch. `probabilities` receives one row of `scenes` for each of its forwards.
    void finish(std::span<float> probabilities);

    /// start and finish.
    void forward(std::span<float> probabilities);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Version of LibTorch and the CPU or GPU library behind it, for the provenance.
std::string torch_description();

}  // namespace semscope::inference
