#pragma once

#include "network.hpp"
#include "semscope/network/occluder.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace semscope::network {

/// Colour of the noise fill, R, G, B uniform in [0, 1), as a pure function of what it is for: Philox4x32-10 with the
/// seed as key and (pixel, image low, image high, semantic) as counter; the first three words, 24 bits each.
/// `pixel` is row * crop + column.
std::array<float, 3> noise_colour(std::uint64_t seed, std::uint64_t image, std::uint16_t semantic, std::uint32_t pixel);

/// A tensor of the host to be filled and sent to `device`: in pinned memory where that is a GPU, so that the copy runs
/// beside the forwards. Torch gives pinned memory out again only when its copies are done.
at::Tensor staging(at::IntArrayRef sizes, at::ScalarType type, torch::Device device);

struct ShownClasses;

/// The images that batches are made of, in slots on the device, and the making of batches from them.
class BatchAssembly {
  public:
    BatchAssembly(const NetworkOptions& network, const OcclusionOptions& occlusion);

    /// Puts an image into a slot. The sample is kept alive until the slot is used again.
    void load(int slot, std::shared_ptr<const Sample> sample);

    /// The variants of `forwards`, padded to the batch by repeating the last image as it is: [batch,crop,crop,3],
    /// normalised, on the device. Valid until the next call.
    at::Tensor assemble(std::span<const Forward> forwards);

    /// The photo in a slot, normalised, [crop,crop,3]. On the host only.
    const float* photo(int slot) const { return images_.data_ptr<float>() + 3 * slot * pixels(); }

    /// As those of TorchAccess; the latter on the host only.
    ShownClasses shown_classes(std::span<const Forward> forwards) const;
    std::size_t find_changes(const Forward& forward, const Forward& base, std::uint8_t* dirty, float* to) const;

  private:
    at::Tensor blur_image(const at::Tensor& image) const;
    at::Tensor normalise(const at::Tensor& bytes) const;
    void normalise_on_host(std::span<const std::uint8_t> rgb, float* out) const;
    void fill_row(const Forward& forward, float* out) const;
    template <class Body>
    void for_each_inhibited(const Forward& forward, Body&& body) const;
    std::uint32_t shown_of(const Forward& forward, std::uint16_t label) const;
    std::array<float, 3> noise_of(const Forward& forward, std::int64_t pixel) const;
    std::array<float, 3> filling_of(const Forward& forward, std::int64_t pixel) const;
    template <class Body>
    void for_each_filled(const Forward& forward, Body&& body) const;
    void for_each_row(const std::function<void(std::size_t)>& body) const;
    at::Tensor noise(const std::vector<Forward>& forwards) const;
    at::Tensor on_host(const std::vector<Forward>& forwards);
    at::Tensor on_device(const std::vector<Forward>& forwards) const;
    at::Tensor is_of_forward(const std::vector<Forward>& forwards, const at::Tensor& labels,
                             const at::Tensor& semantic) const;
    at::Tensor upload(const at::Tensor& host) const { return host.to(device_, /*non_blocking=*/true); }
    std::int64_t pixels() const { return std::int64_t{crop_} * crop_; }

    torch::Device device_;
    OcclusionOptions fill_;
    std::int64_t batch_, crop_;
    bool host_;  ///< assemble with plain loops
    // Channels stand last in memory: photos come so, and convolutions are faster so on the CPU.
    at::Tensor images_;   ///< [slots,crop,crop,3] normalised
    at::Tensor labels_;   ///< [slots,crop,crop], 16 bits
    at::Tensor blurred_;  ///< [slots,crop,crop,3], fill blur only
    at::Tensor blur_, mean_, std_;
    at::Tensor normalised_;  ///< [256,3]: what each byte becomes; on the host only
    at::Tensor colour_;      ///< [3] as the network's input; of no meaning for blur and noise
    at::Tensor assembled_;
    std::vector<std::shared_ptr<const Sample>> samples_;
};

}  // namespace semscope::network
