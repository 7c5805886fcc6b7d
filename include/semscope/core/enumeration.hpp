#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <type_traits>

/// Enumerations whose values have names in configurations and messages. Such an enumeration has a function
/// `value_names`, beside it in its namespace, that lists each value with its name. Neither the numbers nor the order of
/// the enumerators count.
namespace semscope {

template <class Enum>
struct ValueName {
    Enum value;
    std::string_view name;
};

template <class T>
concept NamedEnumeration = std::is_enum_v<T> && requires(T value) {
    value_names(value);
};

/// The name of a value.
template <NamedEnumeration Enum>
constexpr std::string_view name_of(Enum value) {
    for (const auto& each : value_names(value))
        if (each.value == value) return each.name;
    return "";
}

/// The value of a name; nothing when there is none.
template <NamedEnumeration Enum>
constexpr std::optional<Enum> value_of(std::string_view name) {
    for (const auto& each : value_names(Enum{}))
        if (each.name == name) return each.value;
    return std::nullopt;
}

}  // namespace semscope

/// What a user can choose by name. Every program knows all options, those of other programs included; so these
/// enumerations stand where every module can use them.
namespace semscope {

/// What the pixels of an inhibited class get.
enum class Fill {
    mean,       ///< the mean colour (0 after normalisation), as the paper says
    reference,  ///< the un-normalised mean colour, written into the normalised tensor, as the published code does
    black,
    white,
    blur,
    noise,
};

constexpr auto value_names(Fill /*enumeration*/) {
    return std::array<ValueName<Fill>, 6>{{{Fill::mean, "mean"},
                                           {Fill::reference, "reference"},
                                           {Fill::black, "black"},
                                           {Fill::white, "white"},
                                           {Fill::blur, "blur"},
                                           {Fill::noise, "noise"}}};
}

/// Which pixels are inhibited.
enum class Mode {
    remove,  ///< those of the class
    keep,    ///< all but those of the class
};

constexpr auto value_names(Mode /*enumeration*/) {
    return std::array<ValueName<Mode>, 2>{{{Mode::remove, "remove"}, {Mode::keep, "keep"}}};
}

/// What a network returns along its classes. What is declared is checked, in the trial and for every photo.
enum class ModelOutput {
    automatic,          ///< whichever of these its scores of a few photos are
    logits,             ///< any numbers; get a softmax
    log_probabilities,  ///< logarithms of probabilities
    probabilities,      ///< are taken as they are
};

constexpr auto value_names(ModelOutput /*enumeration*/) {
    return std::array<ValueName<ModelOutput>, 4>{{{ModelOutput::automatic, "auto"},
                                                  {ModelOutput::logits, "logits"},
                                                  {ModelOutput::log_probabilities, "log-probabilities"},
                                                  {ModelOutput::probabilities, "probabilities"}}};
}

/// The order of the colour channels in a network's input.
enum class ChannelOrder { rgb, bgr };

constexpr auto value_names(ChannelOrder /*enumeration*/) {
    return std::array<ValueName<ChannelOrder>, 2>{{{ChannelOrder::rgb, "rgb"}, {ChannelOrder::bgr, "bgr"}}};
}

/// What full brightness is in a network's input, before the mean is subtracted.
enum class ColourScale { one, bytes };

constexpr auto value_names(ColourScale /*enumeration*/) {
    return std::array<ValueName<ColourScale>, 2>{{{ColourScale::one, "1"}, {ColourScale::bytes, "255"}}};
}

/// What is done with a network that rounds a photo's scores by its place in the batch.
enum class BatchInvariance {
    require,  ///< its photos run one by one
    record,   ///< whole batches run, and the file says so
};

constexpr auto value_names(BatchInvariance /*enumeration*/) {
    return std::array<ValueName<BatchInvariance>, 2>{
        {{BatchInvariance::require, "require"}, {BatchInvariance::record, "record"}}};
}

/// What a network computes in; softmax is always fp32.
enum class Precision { fp32, bf16, fp16 };

constexpr auto value_names(Precision /*enumeration*/) {
    return std::array<ValueName<Precision>, 3>{
        {{Precision::fp32, "fp32"}, {Precision::bf16, "bf16"}, {Precision::fp16, "fp16"}}};
}

/// Whether variants are computed from what is known of their photo.
enum class Incremental {
    automatic,  ///< where that is measured to be faster
    on,         ///< as far as the network is understood
    off,
};

constexpr auto value_names(Incremental /*enumeration*/) {
    return std::array<ValueName<Incremental>, 3>{
        {{Incremental::automatic, "auto"}, {Incremental::on, "on"}, {Incremental::off, "off"}}};
}

/// Whether a GPU runs batches as a recorded piece of work, a CUDA graph.
enum class CudaGraph {
    automatic,  ///< where the network allows it
    on,         ///< or not at all
    off,
};

constexpr auto value_names(CudaGraph /*enumeration*/) {
    return std::array<ValueName<CudaGraph>, 3>{
        {{CudaGraph::automatic, "auto"}, {CudaGraph::on, "on"}, {CudaGraph::off, "off"}}};
}

/// Which device a rank is to use.
enum class DeviceRequest {
    automatic,  ///< a GPU where there is one, else the CPU
    cpu,
    cuda,
};

constexpr auto value_names(DeviceRequest /*enumeration*/) {
    return std::array<ValueName<DeviceRequest>, 3>{
        {{DeviceRequest::automatic, "auto"}, {DeviceRequest::cpu, "cpu"}, {DeviceRequest::cuda, "cuda"}}};
}

/// Channels of a label map that semscope-segment writes.
enum class LabelLayout {
    top1,  ///< one: the best class, which every labels.channel reads
    top3,  ///< three: the best class in blue, the second in green, the third in red, as the published label maps
};

constexpr auto value_names(LabelLayout /*enumeration*/) {
    return std::array<ValueName<LabelLayout>, 2>{{{LabelLayout::top1, "top1"}, {LabelLayout::top3, "top3"}}};
}

/// What the two ends of a map's colours stand for.
enum class MapScale {
    image,      ///< smallest and largest deviation in this map (plasma), as the reference does
    scene,      ///< smallest and largest deviation in all maps of the scene (plasma): maps of a scene compare
    all,        ///< smallest and largest deviation in all maps of all scenes drawn (plasma): scenes compare
    symmetric,  ///< minus and plus the largest magnitude in this map (diverging): 0 is the neutral middle
};

constexpr auto value_names(MapScale /*enumeration*/) {
    return std::array<ValueName<MapScale>, 4>{{{MapScale::image, "image"},
                                               {MapScale::scene, "scene"},
                                               {MapScale::all, "all"},
                                               {MapScale::symmetric, "symmetric"}}};
}

/// The part of a photo and its label map that counts or is drawn.
enum class Area {
    crop,  ///< what the network saw
    full,  ///< all of it, as stored
};

constexpr auto value_names(Area /*enumeration*/) {
    return std::array<ValueName<Area>, 2>{{{Area::crop, "crop"}, {Area::full, "full"}}};
}

/// What is said of a class in an image: what the scene loses without it.
enum class Attribution {
    occlusion,  ///< the deviation: without this class alone
    shapley,    ///< the Shapley value: on average over all parts of the other classes
};

constexpr auto value_names(Attribution /*enumeration*/) {
    return std::array<ValueName<Attribution>, 2>{
        {{Attribution::occlusion, "occlusion"}, {Attribution::shapley, "shapley"}}};
}

/// Order of the classes in a box plot.
enum class BoxOrder {
    index,
    mean,  ///< falling
};

constexpr auto value_names(BoxOrder /*enumeration*/) {
    return std::array<ValueName<BoxOrder>, 2>{{{BoxOrder::index, "index"}, {BoxOrder::mean, "mean"}}};
}

/// The value axis of the box plots.
enum class BoxAxis {
    common,  ///< one for all scenes
    zoomed,  ///< one for each scene
};

constexpr auto value_names(BoxAxis /*enumeration*/) {
    return std::array<ValueName<BoxAxis>, 2>{{{BoxAxis::common, "common"}, {BoxAxis::zoomed, "zoomed"}}};
}

/// Which classes of a scene a word cloud is made of.
enum class CloudSet {
    relevant,     ///< by their mean deviation over the correct predictions, where that is positive
    distracting,  ///< by how much they distract
};

constexpr auto value_names(CloudSet /*enumeration*/) {
    return std::array<ValueName<CloudSet>, 2>{
        {{CloudSet::relevant, "relevant"}, {CloudSet::distracting, "distracting"}}};
}

}  // namespace semscope
