#include "network_output.hpp"

#include "semscope/core/errors.hpp"

#include <fmt/format.h>

#include <cmath>
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

ScoreKind kind_of(const at::Tensor& scores) {
    const double tolerance = scores.scalar_type() == at::kFloat || scores.scalar_type() == at::kDouble ? 1e-3 : 3e-2;
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

}  // namespace semscope::network
