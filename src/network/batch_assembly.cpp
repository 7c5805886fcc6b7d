#include "batch_assembly.hpp"

#include "semscope/core/parallel.hpp"
#include "semscope/core/random.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace semscope::network {

std::array<float, 3> noise_colour(std::uint64_t seed, std::uint64_t image, std::uint16_t semantic,
                                  std::uint32_t pixel) {
    const auto bits =
        philox4x32({pixel, static_cast<std::uint32_t>(image), static_cast<std::uint32_t>(image >> 32), semantic},
                   philox_key(seed));
    return {unit_float(bits[0]), unit_float(bits[1]), unit_float(bits[2])};
}

namespace {

namespace ops = torch;  // ATen's operators, which Torch 1.13 and 2.x both reach under this name

at::Tensor channel_values(const std::array<float, 3>& values) {
    return ops::tensor({values[0], values[1], values[2]}, at::kFloat);
}

/// The channels of the last dimension, R, G, B, in the order of the network's input.
at::Tensor in_order(const at::Tensor& channels, const cli::InputColours& input) {
    return input.channels == ChannelOrder::bgr ? channels.flip(-1) : channels;
}

/// Normalised value of the fill colour, [R,G,B]; of no meaning for blur and noise.
at::Tensor fill_value(const OcclusionOptions& options) {
    at::Tensor mean = channel_values(options.input.mean);
    const at::Tensor std = channel_values(options.input.std);
    switch (options.fill) {
        case Fill::reference:
            return mean;
        case Fill::black:
            return -mean / std;
        case Fill::white:
            return (options.input.full() - mean) / std;
        case Fill::mean:
            return (channel_values(options.colour) * options.input.full() - mean) / std;
        default:
            return ops::zeros({3});
    }
}

/// Gaussian weights of the separable blur, [3,1,kernel,1].
at::Tensor blur_weights(const OcclusionOptions& options) {
    const at::Tensor x = ops::arange(options.blur_kernel, at::kDouble) - (options.blur_kernel - 1) / 2.0;
    const at::Tensor weights = ops::exp(-0.5 * (x / options.blur_sigma).pow(2));
    return (weights / weights.sum()).to(at::kFloat).view({1, 1, -1, 1}).repeat({3, 1, 1, 1});
}

}  // namespace

at::Tensor staging(at::IntArrayRef sizes, at::ScalarType type, torch::Device device) {
    return ops::empty(sizes, at::TensorOptions().dtype(type).pinned_memory(device.is_cuda()));
}

BatchAssembly::BatchAssembly(const NetworkOptions& network, const OcclusionOptions& occlusion)
    : device_(torch_device(network.device)),
      fill_(occlusion),
      batch_(network.batch),
      crop_(network.crop),
      host_(!device_.is_cuda() && !network.assemble_as_on_gpu) {
    const auto floats = at::TensorOptions().dtype(at::kFloat).device(device_);
    images_ = ops::zeros({batch_, crop_, crop_, 3}, floats);
    labels_ = ops::zeros({batch_, crop_, crop_}, floats.dtype(at::kShort));
    if (fill_.fill == Fill::blur) {
        blurred_ = ops::zeros({batch_, crop_, crop_, 3}, floats);
        blur_ = blur_weights(fill_).to(device_);
    }
    colour_ = in_order(fill_value(fill_), fill_.input).contiguous().to(device_);
    mean_ = channel_values(fill_.input.mean).to(device_);
    std_ = channel_values(fill_.input.std).to(device_);
    if (host_) normalised_ = normalise(ops::arange(256, at::kByte).view({-1, 1}).expand({-1, 3}));
    if (host_) assembled_ = ops::zeros({batch_, crop_, crop_, 3}, floats);
    samples_.resize(static_cast<std::size_t>(batch_));
}

/// Classes of 16 bits stand in tensors with the same bits as signed numbers, which are equal when they are. No class
/// has the number 65535 (maximum_semantics), so that -1 stands for an image as it is.
constexpr std::int16_t nothing = -1;

/// [H,W,3] -> [H,W,3], borders reflected.
at::Tensor BatchAssembly::blur_image(const at::Tensor& image) const {
    const std::int64_t pad = (fill_.blur_kernel - 1) / 2;
    const at::Tensor planes = image.permute({2, 0, 1}).unsqueeze(0).contiguous();
    const at::Tensor padded = ops::reflection_pad2d(planes, {pad, pad, pad, pad});
    const auto along = [](const at::Tensor& from, const at::Tensor& weights) {
        const std::int64_t one = 1;
        const std::int64_t none = 0;
        return ops::conv2d(from, weights, at::Tensor(), one, none, one, /*groups=*/3);
    };
    return along(along(padded, blur_), blur_.transpose(2, 3))[0].permute({1, 2, 0});
}

/// Bytes [..,3], R, G, B, on the device as the network's input.
at::Tensor BatchAssembly::normalise(const at::Tensor& bytes) const {
    const at::Tensor numbers = bytes.to(at::kFloat);
    const bool as_bytes = fill_.input.scale == ColourScale::bytes;
    return in_order(((as_bytes ? numbers : numbers / 255) - mean_) / std_, fill_.input).contiguous();
}

/// The same for a photo, from the table of all bytes. Not by Torch's operators: after each of them OpenMP's threads
/// spin for a while on cores that incremental inference computes on.
void BatchAssembly::normalise_on_host(std::span<const std::uint8_t> rgb, float* out) const {
    const float* const table = normalised_.data_ptr<float>();
    const bool bgr = fill_.input.channels == ChannelOrder::bgr;
    constexpr std::size_t part = 4096;
    parallel_for(static_cast<std::size_t>(pixels()), part, at::get_num_threads(),
                 [&](std::size_t begin, std::size_t end) {
                     for (std::size_t i = 3 * begin; i < 3 * end; i += 3)
                         for (std::size_t c = 0; c < 3; ++c) out[i + c] = table[3 * rgb[i + (bgr ? 2 - c : c)] + c];
                 });
}

void BatchAssembly::load(int slot, std::shared_ptr<const Sample> sample) {
    const torch::InferenceMode inference;
    const std::size_t label_bytes = sample->labels.size() * sizeof(std::uint16_t);
    if (host_) {
        normalise_on_host(sample->rgb, images_.data_ptr<float>() + 3 * slot * pixels());
        std::memcpy(labels_.data_ptr<std::int16_t>() + slot * pixels(), sample->labels.data(), label_bytes);
    } else {
        const at::Tensor rgb = staging({crop_, crop_, 3}, at::kByte, device_);
        const at::Tensor classes = staging({crop_, crop_}, at::kShort, device_);
        std::memcpy(rgb.data_ptr(), sample->rgb.data(), sample->rgb.size());
        std::memcpy(classes.data_ptr(), sample->labels.data(), label_bytes);
        images_[slot].copy_(normalise(upload(rgb)));
        labels_[slot].copy_(classes, /*non_blocking=*/true);
    }
    if (fill_.fill == Fill::blur) blurred_[slot].copy_(blur_image(images_[slot]));
    samples_[static_cast<std::size_t>(slot)] = std::move(sample);
}

at::Tensor BatchAssembly::assemble(std::span<const Forward> forwards) {
    const torch::InferenceMode inference;
    std::vector<Forward> padded(forwards.begin(), forwards.end());
    padded.resize(static_cast<std::size_t>(batch_), Forward{forwards.back().slot, 0});
    return host_ ? on_host(padded) : on_device(padded);
}

/// Calls body(pixel) for each pixel that a forward inhibits.
template <class Body>
void BatchAssembly::for_each_inhibited(const Forward& forward, Body&& body) const {
    const std::uint16_t* const labels = samples_[static_cast<std::size_t>(forward.slot)]->labels.data();
    const bool inhibited = fill_.mode == Mode::remove;
    if (forward.also.empty()) {
        for (std::int64_t pixel = 0; pixel < pixels(); ++pixel)
            if ((labels[pixel] == forward.semantic) == inhibited) body(pixel);
        return;
    }
    std::vector<std::uint8_t> is_member(std::size_t{std::numeric_limits<std::uint16_t>::max()} + 1);
    is_member[forward.semantic] = 1;
    for (const std::uint16_t semantic : forward.also) is_member[semantic] = 1;
    for (std::int64_t pixel = 0; pixel < pixels(); ++pixel)
        if ((is_member[labels[pixel]] != 0) == inhibited) body(pixel);
}

/// The noise, normalised, in a pixel that a forward inhibits. Of several inhibited classes each has the noise that it
/// has alone.
std::array<float, 3> BatchAssembly::noise_of(const Forward& forward, std::int64_t pixel) const {
    const Sample& sample = *samples_[static_cast<std::size_t>(forward.slot)];
    const std::uint16_t semantic =
        fill_.mode == Mode::remove ? sample.labels[static_cast<std::size_t>(pixel)] : forward.semantic;
    const auto random = noise_colour(fill_.noise_seed, sample.image, semantic, static_cast<std::uint32_t>(pixel));
    std::array<float, 3> numbers{};
    for (std::size_t c = 0; c < 3; ++c) {
        const std::size_t place = fill_.input.channels == ChannelOrder::bgr ? 2 - c : c;
        numbers[place] = (random[c] * fill_.input.full() - fill_.input.mean[c]) / fill_.input.std[c];
    }
    return numbers;
}

/// What a forward puts into a pixel that it inhibits.
std::array<float, 3> BatchAssembly::filling_of(const Forward& forward, std::int64_t pixel) const {
    if (fill_.fill == Fill::noise) return noise_of(forward, pixel);
    const float* const from = fill_.fill == Fill::blur
                                  ? blurred_.data_ptr<float>() + 3 * (forward.slot * pixels() + pixel)
                                  : colour_.data_ptr<float>();
    return {from[0], from[1], from[2]};
}

/// Calls body(pixel, numbers) with what a variant puts into each pixel that it inhibits. Noise is made so for a GPU,
/// too: only the inhibited pixels need it, which is a small share of the work of a forward.
template <class Body>
void BatchAssembly::for_each_filled(const Forward& forward, Body&& body) const {
    if (forward.is_photo()) return;
    for_each_inhibited(forward, [&](std::int64_t pixel) { body(pixel, filling_of(forward, pixel).data()); });
}

/// Rows of the batch, from all compute threads at once.
void BatchAssembly::for_each_row(const std::function<void(std::size_t)>& body) const {
    parallel_for_each(static_cast<std::size_t>(batch_), at::get_num_threads(), body);
}

/// [batch,crop,crop,3]; 0 where nothing is inhibited.
at::Tensor BatchAssembly::noise(const std::vector<Forward>& forwards) const {
    const at::Tensor values = staging({batch_, crop_, crop_, 3}, at::kFloat, device_).zero_();
    auto* const data = values.data_ptr<float>();
    for_each_row([&](std::size_t row) {
        float* const out = data + 3 * static_cast<std::int64_t>(row) * pixels();
        for_each_filled(forwards[row],
                        [&](std::int64_t pixel, const float* numbers) { std::copy_n(numbers, 3, out + 3 * pixel); });
    });
    return upload(values);
}

/// Where the classes of forwards are, [batch,crop,crop]. `labels`: of the forwards' slots; `semantic`: their classes,
/// [batch,1,1].
at::Tensor BatchAssembly::is_of_forward(const std::vector<Forward>& forwards, const at::Tensor& labels,
                                        const at::Tensor& semantic) const {
    const auto is_single = [](const Forward& forward) { return forward.also.empty(); };
    if (std::all_of(forwards.begin(), forwards.end(), is_single)) return labels.eq(semantic);
    // A table of the classes for each forward, as long as the largest label calls for.
    std::int64_t length = 1;
    for (const Forward& forward : forwards) {
        const auto& own = samples_[static_cast<std::size_t>(forward.slot)]->labels;
        length = std::max(length, std::int64_t{*std::max_element(own.begin(), own.end())} + 1);
    }
    const at::Tensor members = staging({batch_, length}, at::kBool, device_).zero_();
    auto* const table = members.data_ptr<bool>();
    for (std::size_t i = 0; i < forwards.size(); ++i) {
        const auto add = [&](std::uint16_t each) {
            if (each != 0 && each < length) table[static_cast<std::int64_t>(i) * length + each] = true;
        };
        add(forwards[i].semantic);
        std::for_each(forwards[i].also.begin(), forwards[i].also.end(), add);
    }
    constexpr std::int64_t sixteen_bits = 0xffff;
    const at::Tensor places = labels.to(at::kLong).bitwise_and(sixteen_bits).view({batch_, -1});
    return upload(members).gather(1, places).view(labels.sizes());
}

/// With tensor operations on the device.
at::Tensor BatchAssembly::on_device(const std::vector<Forward>& forwards) const {
    const at::Tensor slots = staging({batch_}, at::kLong, device_);
    const at::Tensor classes = staging({batch_}, at::kShort, device_);
    for (std::size_t i = 0; i < forwards.size(); ++i) {
        slots.data_ptr<std::int64_t>()[i] = forwards[i].slot;
        classes.data_ptr<std::int16_t>()[i] =
            forwards[i].semantic == 0 ? nothing : static_cast<std::int16_t>(forwards[i].semantic);
    }
    const at::Tensor slot = upload(slots);
    const at::Tensor semantic = upload(classes).view({-1, 1, 1});
    const at::Tensor is_of = is_of_forward(forwards, labels_.index_select(0, slot), semantic);
    const at::Tensor mask =
        (fill_.mode == Mode::remove ? is_of : is_of.logical_not().logical_and(semantic.ne(nothing))).unsqueeze(3);
    at::Tensor fill = colour_;
    if (fill_.fill == Fill::blur) fill = blurred_.index_select(0, slot);
    if (fill_.fill == Fill::noise) fill = noise(forwards);
    return ops::where(mask, fill, images_.index_select(0, slot));
}

/// The same in one pass over the pixels, a quarter of the time: beside light networks it counts.
at::Tensor BatchAssembly::on_host(const std::vector<Forward>& forwards) {
    auto* const out = assembled_.data_ptr<float>();
    for_each_row(
        [&](std::size_t row) { fill_row(forwards[row], out + 3 * static_cast<std::int64_t>(row) * pixels()); });
    return assembled_;
}

void BatchAssembly::fill_row(const Forward& forward, float* out) const {
    std::copy_n(photo(forward.slot), 3 * pixels(), out);
    for_each_filled(forward,
                    [&](std::int64_t pixel, const float* numbers) { std::copy_n(numbers, 3, out + 3 * pixel); });
}

}  // namespace semscope::network
