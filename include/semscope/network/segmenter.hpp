#pragma once

#include "semscope/cli/settings.hpp"
#include "semscope/core/digest.hpp"
#include "semscope/data/image.hpp"
#include "semscope/network/device.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

namespace semscope::network {

using semscope::ModelOutput;

struct SegmenterOptions {
    std::filesystem::path path;  ///< TorchScript or AOTInductor package, [N,3,H,W] float -> [N,K,h,w]; the entry "out"
                                 ///< of a dict, the first of a tuple element
    ModelOutput output = ModelOutput::logits;
    Precision precision = Precision::fp32;
    Device device;
    int threads = 1;  ///< compute threads of this process, CPU only
    cli::InputColours colours = {};
    bool flip = false;           ///< average the probabilities with those of the mirrored photo
    float min_confidence = 0;    ///< pixels whose best class is less probable are unlabelled
    std::size_t batch = 2;       ///< photos of a forward; if it is 1, no photo has neighbours that it could depend on
    data::ImageSize probe;       ///< size of the photo that the network is tried with
    data::Image photo = {};      ///< of that size; without pixels noise takes its place
    ExpectedSha256 sha256 = {};  ///< that the file must have to be loaded
};

/// Classes of the pixels of one photo, best first.
struct Segmentation {
    static constexpr std::size_t ranks = 3;
    /// [ranks][height * width] classes 0 (unlabelled) .. S-1. Where a network has fewer classes the later ranks are 0.
    std::array<std::vector<std::uint16_t>, ranks> classes;
    /// The probability of each, 0..255 = 0..1, rounded.
    std::array<std::vector<std::uint8_t>, ranks> scores;
};

/// A semantic segmentation network. All calls are local; one thread at a time.
class Segmenter {
  public:
    /// Loads and freezes the network and tries it. Throws InputError when the file is no network, does not give
    /// [N,K,h,w] numbers, gives others than SegmenterOptions::output says, gives a photo other numbers each time or by
    /// its neighbours in the batch, UsageError for a precision that the device has not.
    explicit Segmenter(const SegmenterOptions& options);
    ~Segmenter();
    Segmenter(Segmenter&&) noexcept;
    Segmenter& operator=(Segmenter&&) noexcept;

    /// K, the number of labels that the network tells apart.
    std::size_t labels() const noexcept;

    /// What the network gives: SegmenterOptions::output, or what the trial has found for auto.
    ModelOutput output() const noexcept;

    /// What the trial found out about the network that a user should know.
    const std::vector<Remark>& remarks() const noexcept;

    /// Says what the labels mean: class `mapping[k]` for label k, 0 = ignored. Until then label k is class k.
    /// Throws InputError unless it has K entries.
    void set_mapping(std::span<const std::uint16_t> mapping);

    /// Segments photos of one size, as the network shall see them; the forward has exactly `batch` of them, the last
    /// one repeated. For each photo, the logits are brought to `stored[i]` pixels (bilinear, as torch's interpolate
    /// with align_corners = False) and made probabilities (softmax); a class is as probable as the most probable of its
    /// labels, so that the best class is that of the best label. Ignored labels count as class 0, unlabelled.
    /// Throws InferenceError when the network fails, or gives something that is not a number or not what was declared.
    std::vector<Segmentation> segment(std::span<const data::Image> photos, std::span<const data::ImageSize> stored,
                                      std::size_t batch);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace semscope::network
