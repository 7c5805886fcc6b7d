#include "network_output.hpp"

#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

namespace semscope::network {

namespace {

constexpr const char* keys[] = {"logits", "out"};

/// The elements of a tuple or list of tensors; none for other values.
std::vector<c10::IValue> elements_of(const c10::IValue& output) {
    if (output.isTuple()) return output.toTupleRef().elements().vec();
    if (output.isList()) return output.toListRef().vec();
    return {};
}

/// The key of the dictionary that is taken; nullptr where the output is no dictionary or has neither.
const char* key_of(const c10::IValue& output) {
    if (!output.isGenericDict()) return nullptr;
    const auto dictionary = output.toGenericDict();
    for (const char* key : keys)
        if (dictionary.contains(key) && dictionary.at(key).isTensor()) return key;
    return nullptr;
}

}  // namespace

at::Tensor tensor_of(const c10::IValue& output) {
    if (output.isTensor()) return output.toTensor();
    for (const c10::IValue& element : elements_of(output))
        if (element.isTensor()) return element.toTensor();
    if (const char* key = key_of(output)) return output.toGenericDict().at(key).toTensor();
    throw std::runtime_error(
        fmt::format("it gives a value of the type {}, where a tensor, a tuple or list of tensors or a dictionary with "
                    "\"logits\" or "
                    "\"out\" is expected",
                    output.type()->str()));
}

std::string describe_part(const c10::IValue& output) {
    if (output.isTensor()) return "";
    if (const char* key = key_of(output)) return fmt::format("\"{}\" of a dictionary", key);
    return fmt::format("the first tensor of a {} of {}", output.isTuple() ? "tuple" : "list",
                       elements_of(output).size());
}

at::Tensor scores_of(const c10::IValue& output, std::int64_t photos) {
    at::Tensor scores = tensor_of(output);
    while (scores.dim() > 2 && scores.size(-1) == 1) scores = scores.squeeze(-1);
    if (scores.dim() == 1 && photos == 1) scores = scores.unsqueeze(0);
    return scores;
}

double sum_tolerance(at::ScalarType type) { return type == at::kFloat || type == at::kDouble ? 1e-3 : 3e-2; }

ScoreKind kind_of(const at::Tensor& scores, at::ScalarType type) {
    const double tolerance = sum_tolerance(type);
    const at::Tensor values = scores.to(at::kDouble);
    const double smallest = values.min().item<double>();
    const double largest = values.max().item<double>();
    if (!std::isfinite(smallest) || !std::isfinite(largest)) return ScoreKind::logits;
    const auto sums_to_one = [&](const at::Tensor& sums) { return (sums - 1).abs().max().item<double>() < tolerance; };
    if (smallest >= -1e-6 && largest <= 1 + 1e-6)
        return sums_to_one(values.sum(1)) ? ScoreKind::probabilities : ScoreKind::independent;
    if (largest <= 1e-6 && sums_to_one(values.exp().sum(1))) return ScoreKind::log_probabilities;
    return ScoreKind::logits;
}

ModelOutput declaration_of(ScoreKind kind) {
    if (kind == ScoreKind::probabilities) return ModelOutput::probabilities;
    if (kind == ScoreKind::log_probabilities) return ModelOutput::log_probabilities;
    return ModelOutput::logits;
}

std::string problem_with_kind(ScoreKind kind, ModelOutput declared, const char* option) {
    const ModelOutput found = declaration_of(kind);
    // The softmax of log-probabilities are the probabilities.
    const bool fits = declared == ModelOutput::automatic || declared == found ||
                      (declared == ModelOutput::logits && kind == ScoreKind::log_probabilities);
    if (fits) return "";
    if (kind == ScoreKind::independent)
        return fmt::format("gives scores in 0..1 that do not sum to 1, where {} = {} promises a sum of 1", option,
                           name_of(declared));
    const char* const seen = kind == ScoreKind::probabilities       ? "probabilities (scores in 0..1 with the sum 1)"
                             : kind == ScoreKind::log_probabilities ? "logarithms of probabilities"
                             : declared == ModelOutput::log_probabilities
                                 ? "scores that are no logarithms of probabilities with the sum 1"
                                 : "scores that are not in 0..1 with the sum 1";
    return fmt::format("gives {}: set {} = {}", seen, option, name_of(found));
}

namespace {

using Labels = std::vector<std::int64_t>;

/// The two source lines behind each target line of a strip, and the share of the second one.
struct Interpolation {
    at::Tensor first, second, share;
};

/// Bilinear interpolation along one side, as torch's interpolate with align_corners = False has it: the middle of
/// target line t lies at source place (t + 0.5) * from / to - 0.5, not below 0.
Interpolation interpolate(std::int64_t from, std::int64_t to, std::int64_t begin, std::int64_t end,
                          torch::Device device) {
    std::vector<std::int64_t> first, second;
    std::vector<float> share;
    const float scale = static_cast<float>(from) / static_cast<float>(to);
    for (std::int64_t t = begin; t < end; ++t) {
        const float place = std::max(0.0F, scale * (static_cast<float>(t) + 0.5F) - 0.5F);
        const std::int64_t below = std::min(static_cast<std::int64_t>(place), from - 1);
        first.push_back(below);
        second.push_back(std::min(below + 1, from - 1));
        share.push_back(place - static_cast<float>(below));
    }
    return {torch::tensor(first).to(device), torch::tensor(second).to(device), torch::tensor(share).to(device)};
}

/// [K,h,w] -> [K,rows,W] for the rows [begin, end) of a photo of `size`.
at::Tensor strip_of(const at::Tensor& logits, data::ImageSize size, std::int64_t begin, std::int64_t end) {
    if (logits.size(1) == size.height && logits.size(2) == size.width) return logits.slice(1, begin, end);
    const auto rows = interpolate(logits.size(1), size.height, begin, end, logits.device());
    const auto columns = interpolate(logits.size(2), size.width, 0, size.width, logits.device());
    const at::Tensor vertical = torch::lerp(logits.index_select(1, rows.first), logits.index_select(1, rows.second),
                                            rows.share.view({1, -1, 1}));
    return torch::lerp(vertical.index_select(2, columns.first), vertical.index_select(2, columns.second),
                       columns.share.view({1, 1, -1}));
}

/// The labels of each class, classes in ascending order.
std::map<std::uint16_t, Labels> labels_by_class(std::span<const std::uint16_t> mapping) {
    std::map<std::uint16_t, Labels> classes;
    for (std::size_t label = 0; label < mapping.size(); ++label)
        classes[mapping[label]].push_back(static_cast<std::int64_t>(label));
    return classes;
}

/// [K,...] probabilities of labels -> [T,...] of classes: each that of its most probable label.
at::Tensor by_class(const at::Tensor& probabilities, const std::map<std::uint16_t, Labels>& classes) {
    std::vector<at::Tensor> scores;
    for (const auto& [semantic, labels] : classes) {
        at::Tensor best = probabilities[labels.front()];
        for (std::size_t i = 1; i < labels.size(); ++i) best = torch::maximum(best, probabilities[labels[i]]);
        scores.push_back(best);
    }
    return torch::stack(scores);
}

template <class Value>
void append(std::vector<Value>& to, const at::Tensor& values) {
    const at::Tensor host = values.to(at::kCPU).contiguous();
    const Value* const data = host.data_ptr<Value>();
    to.insert(to.end(), data, data + host.numel());
}

void append_classes(std::vector<std::uint16_t>& to, const at::Tensor& classes) {
    const at::Tensor host = classes.to(at::kCPU).contiguous();
    const std::int64_t* const data = host.data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < host.numel(); ++i) to.push_back(static_cast<std::uint16_t>(data[i]));
}

}  // namespace

Segmentation best_classes(const PhotoLogits& logits, data::ImageSize stored, std::span<const std::uint16_t> mapping,
                          float min_confidence) {
    const auto classes = labels_by_class(mapping);
    std::vector<std::int64_t> targets;
    for (const auto& [semantic, labels] : classes) targets.push_back(semantic);
    const at::Tensor target = torch::tensor(targets).to(logits.plain.device());
    const auto ranks = static_cast<std::int64_t>(std::min(Segmentation::ranks, classes.size()));

    Segmentation result;
    constexpr std::int64_t values_at_once = std::int64_t{1} << 22;  // 16 MiB of floats
    const std::int64_t step = std::max<std::int64_t>(1, values_at_once / (logits.plain.size(0) * stored.width));
    for (std::int64_t begin = 0; begin < stored.height; begin += step) {
        const std::int64_t end = std::min<std::int64_t>(stored.height, begin + step);
        at::Tensor probabilities = strip_of(logits.plain, stored, begin, end).softmax(0);
        if (logits.mirrored.defined())
            probabilities = (probabilities + strip_of(logits.mirrored, stored, begin, end).softmax(0)) / 2;
        auto [scores, order] = by_class(probabilities, classes).topk(ranks, 0);
        at::Tensor best = target.index_select(0, order.flatten()).view(order.sizes());
        // What is not sure enough is unlabelled, and so the less sure ranks behind it.
        if (min_confidence > 0) best = best.masked_fill(scores.lt(min_confidence), 0);
        const at::Tensor bytes = (scores * 255).round().to(at::kByte);
        for (std::int64_t rank = 0; rank < ranks; ++rank) {
            append_classes(result.classes[static_cast<std::size_t>(rank)], best[rank]);
            append(result.scores[static_cast<std::size_t>(rank)], bytes[rank]);
        }
    }
    const std::size_t pixels = result.classes[0].size();
    for (std::size_t rank = 0; rank < Segmentation::ranks; ++rank) {
        result.classes[rank].resize(pixels);
        result.scores[rank].resize(pixels);
    }
    return result;
}

}  // namespace semscope::network
