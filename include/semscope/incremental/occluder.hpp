#pragma once

#include "semscope/network/occluder.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

/// Incremental inference: of a variant only the pixels that its changed input pixels can reach are computed, layer by
/// layer; the others are those of its photo. The idea for square patches: Nakandala et al., Incremental and Approximate
/// Inference for Faster Occlusion-based Deep CNN Explanations, SIGMOD 2019.
namespace semscope::incremental {

/// Why a network of these options runs as a whole, "" where incremental inference may be tried: there is no network,
/// or it computes in another precision than fp32 and, on a CPU with the instructions for it, bf16. Local.
std::string reason_against(const network::NetworkOptions& options);

/// Both ways on the same photos.
struct Measurement {
    double whole = 0, incremental = 0;  ///< seconds of a forward, as a whole in full batches and incrementally
    double difference = 0;              ///< the largest between both in a probability; infinite if one is not a number
};

/// What is inhibited in the photos that are measured.
enum class Inhibited {
    classes,    ///< each class of a photo
    coalitions  ///< and the first two, the first three and so on, as attributions do it
};

/// The largest difference in a probability with which run.incremental = auto takes the incremental way in fp32.
inline constexpr double largest_accepted_difference = 1e-5;

/// A network::Occluder that can run incrementally. All calls are local; one thread at a time. On a CPU a forward has
/// the same bits whatever the batch, its neighbours and the number of threads; on a GPU with the same batch, whatever
/// its neighbours.
class Occluder {
  public:
    /// With `incremental`, reads the network's graph and tries it against the network itself. Where nothing is
    /// understood or the trial fails, the network runs as a whole. Throws InferenceError.
    Occluder(network::Occluder whole, bool incremental);
    ~Occluder();
    Occluder(Occluder&&) noexcept;
    Occluder& operator=(Occluder&&) noexcept;

    /// Whether it runs incrementally.
    bool incremental() const noexcept;

    /// What the trial found out about the network, and what of it is incremental.
    std::vector<network::Remark> remarks() const;

    /// The network as a whole, for comparison.
    network::Occluder& whole() noexcept;

    int batch() const noexcept;
    int slots() const noexcept;
    void load(int slot, std::shared_ptr<const network::Sample> sample);

    /// How many forwards make a full batch: those of the network, and incrementally so many for each compute thread.
    std::size_t full_batch() const;
    /// How many of these forwards make the next batch. Those of a photo stand together. A batch of whole forwards may
    /// end within a photo; an incremental one only within a photo of more forwards than a group holds.
    std::size_t next_batch(std::span<const network::Forward> queue) const;
    /// Forwards that only fill a batch of so many.
    std::size_t padding(std::size_t forwards) const;

    /// As those of network::Occluder. On a GPU, start() waits for what was started before.
    void assemble(std::span<const network::Forward> forwards);
    void start();
    bool runs_by_itself() const noexcept;
    std::size_t started() const noexcept;
    std::size_t started_forwards() const;
    void finish(std::span<float> probabilities);

    /// Floating-point operations until now, and what they were with whole forwards, without those of the part that is
    /// not incremental.
    double flops() const noexcept;
    double flops_of_whole() const noexcept;
    /// The most that the feature maps of a group took until now.
    std::size_t largest_bytes() const noexcept;

  private:
    friend Measurement measure(Occluder&, const std::vector<std::shared_ptr<const network::Sample>>&, Inhibited,
                               const std::function<void()>&);
    struct State;
    std::unique_ptr<State> state_;
};

/// Runs the forwards of the photos incrementally, in turn with a batch of whole forwards of some of them, three times
/// after a first one; the fastest of each counts, and the largest difference. The occluder must be incremental
/// (LibraryError). Local. `on_batch` is called after each batch.
Measurement measure(Occluder& occluder, const std::vector<std::shared_ptr<const network::Sample>>& photos,
                    Inhibited inhibited, const std::function<void()>& on_batch);

/// Whether the incremental way saves enough to be taken.
bool is_faster(const Measurement& measurement);

}  // namespace semscope::incremental
