#include "determinism.hpp"

#include "torch_device.hpp"

#include <torch/library.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace semscope::network {

namespace {

/// Arguments of aten::_convolution by their place. An older overload has no allow_tf32.
constexpr std::array<std::pair<std::size_t, bool>, 4> flags{{
    {9, false},  // benchmark
    {10, true},  // deterministic
    {11, true},  // cudnn_enabled
    {12, false}  // allow_tf32
}};

void set_flags(torch::jit::Block* block) {
    static const auto convolution = c10::Symbol::fromQualString("aten::_convolution");
    for (torch::jit::Node* const node : block->nodes()) {
        for (torch::jit::Block* const inner : node->blocks()) set_flags(inner);
        if (node->kind() != convolution) continue;
        const torch::jit::WithInsertPoint here(node);
        for (const auto& [place, value] : flags)
            if (place < node->inputs().size()) node->replaceInput(place, block->owningGraph()->insertConstant(value));
    }
}

}  // namespace

void set_convolution_flags(torch::jit::Module& frozen) { set_flags(frozen.get_method("forward").graph()->block()); }

namespace {

/// What has_products_of_photos looks for, in its own thread.
struct ProductWatch {
    std::int64_t photos = 0;  ///< 0: nobody asks
    bool found = false;
    void see(const at::Tensor& a, const at::Tensor& b) {
        if (photos > 0 && (a.dim() != 2 || b.dim() != 2 || a.size(0) != photos)) found = true;
    }
};
thread_local ProductWatch watch;

}  // namespace

void note_dependent_product() { watch.found = watch.photos > 0; }

namespace {

/// So many outputs have weights that stay in a core's cache while all photos are multiplied by them. A multiple of what
/// the loops of a BLAS take at a time.
std::int64_t outputs_of_block(const at::Tensor& weight) {
    constexpr std::int64_t bytes_of_block = 1 << 20;
    constexpr std::int64_t multiple = 16;
    const std::int64_t bytes_of_output = std::max<std::int64_t>(1, weight.size(1) * weight.element_size());
    return std::max<std::int64_t>(1, bytes_of_block / bytes_of_output / multiple) * multiple;
}

/// a [N,K] times b [K,C], each row by itself. Blocks depend on the weight alone: a row has the same bits in any batch.
at::Tensor row_product(const at::Tensor& a, const at::Tensor& b) {
    watch.see(a, b);
    if (a.dim() != 2 || b.dim() != 2 || a.size(0) == 0) return at::matmul(a, b);
    const at::Tensor weight = b.t();
    const at::Tensor rows = a.contiguous();
    const at::Tensor products = at::empty({a.size(0), b.size(1)}, a.options());
    const std::int64_t outputs = weight.size(0);
    // Where the numbers of an output are not side by side, a block of outputs would be read in pieces.
    const std::int64_t block = weight.is_cpu() && weight.is_contiguous() ? outputs_of_block(weight) : outputs;
    // Alone: several threads of a BLAS would share a row's sums among them.
    for_each_alone(static_cast<std::size_t>((outputs + block - 1) / block), [&](std::size_t index) {
        const std::int64_t begin = static_cast<std::int64_t>(index) * block;
        const std::int64_t count = std::min(block, outputs - begin);
        const at::Tensor part = weight.narrow(0, begin, count);
        for (std::int64_t i = 0; i < rows.size(0); ++i) {
            at::Tensor product = products[i].narrow(0, begin, count);
            at::mv_out(product, part, rows[i]);
        }
    });
    return products;
}

at::Tensor row_linear(const at::Tensor& input, const at::Tensor& weight, const c10::optional<at::Tensor>& bias) {
    if (input.dim() != 2) {
        watch.see(input, weight);
        return at::linear(input, weight, bias);
    }
    const at::Tensor product = row_product(input, weight.t());
    return bias.has_value() && bias->defined() ? product + *bias : product;
}

at::Tensor row_addmm(const at::Tensor& self, const at::Tensor& a, const at::Tensor& b, const at::Scalar& beta,
                     const at::Scalar& alpha) {
    return self * beta + row_product(a, b) * alpha;
}

/// Convolutions of 1x1 pixels by oneDNN. LibTorch computes those of fewer than 16 photos by a BLAS where it has one
/// thread, and otherwise by oneDNN, which rounds otherwise (at/native/Convolution.cpp, use_mkldnn).
at::Tensor convolution(const at::Tensor& input, const at::Tensor& weight, const c10::optional<at::Tensor>& bias,
                       at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation, std::int64_t groups) {
    const bool pointwise = weight.dim() == 4 && weight.size(2) == 1 && weight.size(3) == 1 && input.dim() == 4;
    const bool floats = input.scalar_type() == at::kFloat && weight.scalar_type() == at::kFloat;
    if (!pointwise || !floats || input.numel() == 0 || !at::hasMKLDNN())
        return at::conv2d(input, weight, bias, stride, padding, dilation, groups);
    const at::MemoryFormat format = input.suggest_memory_format();
    return at::mkldnn_convolution(input.contiguous(format), weight.contiguous(format), bias, padding, stride, dilation,
                                  groups);
}

// The signatures of the operators that they stand for.
TORCH_LIBRARY(semscope, library) {
    library.def(torch::schema("matmul(Tensor self, Tensor other) -> Tensor", c10::AliasAnalysisKind::FROM_SCHEMA));
    library.def(torch::schema("mm(Tensor self, Tensor mat2) -> Tensor", c10::AliasAnalysisKind::FROM_SCHEMA));
    library.def(torch::schema("linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor",
                              c10::AliasAnalysisKind::FROM_SCHEMA));
    library.def(
        torch::schema("addmm(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
                      c10::AliasAnalysisKind::FROM_SCHEMA));
    library.def(
        torch::schema("conv2d(Tensor input, Tensor weight, Tensor? bias, int[] stride, int[] padding, int[] "
                      "dilation, int groups) -> Tensor",
                      c10::AliasAnalysisKind::FROM_SCHEMA));
    library.impl("conv2d", convolution);
    library.impl("matmul", row_product);
    library.impl("mm", row_product);
    library.impl("linear", row_linear);
    library.impl("addmm", row_addmm);
}

/// The places of input, weight, bias, stride, padding, dilation and groups among the arguments of a convolution; empty
/// where it is none of those that semscope::conv2d can stand for.
std::vector<std::size_t> convolution_arguments(const torch::jit::Node& node) {
    if (node.kind() == c10::Symbol::aten("conv2d"))  // not the overload with padding = "same"
        return node.input(4)->type()->kind() == c10::TypeKind::ListType ? std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6}
                                                                        : std::vector<std::size_t>{};
    if (node.kind() != c10::Symbol::aten("_convolution")) return {};
    const auto transposed = torch::jit::toIValue(node.input(6));
    const auto stride = torch::jit::toIValue(node.input(3));
    const bool plane = stride && stride->isIntList() && stride->toIntList().size() == 2;
    return plane && transposed && transposed->isBool() && !transposed->toBool()
               ? std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 8}
               : std::vector<std::size_t>{};
}

/// Of the weight of a convolution: whether it is known to be of 1x1 pixels.
bool is_pointwise(const torch::jit::Node& node) {
    const auto weight = torch::jit::toIValue(node.input(1));
    return weight && weight->isTensor() && weight->toTensor().dim() == 4 && weight->toTensor().size(2) == 1 &&
           weight->toTensor().size(3) == 1;
}

void replace_convolutions(torch::jit::Block* block) {
    for (auto place = block->nodes().begin(); place != block->nodes().end();) {
        torch::jit::Node* const node = *place++;  // before the node goes
        for (torch::jit::Block* inner : node->blocks()) replace_convolutions(inner);
        const auto arguments = convolution_arguments(*node);
        if (arguments.empty() || !is_pointwise(*node)) continue;
        std::vector<torch::jit::Value*> inputs;
        for (const std::size_t argument : arguments) inputs.push_back(node->input(argument));
        torch::jit::Node* const ours =
            block->owningGraph()->create(c10::Symbol::fromQualString("semscope::conv2d"), inputs);
        ours->output()->copyMetadata(node->output());
        ours->insertBefore(node);
        node->output()->replaceAllUsesWith(ours->output());
        node->destroy();
    }
}

void replace_products(torch::jit::Block* block) {
    for (auto place = block->nodes().begin(); place != block->nodes().end();) {
        torch::jit::Node* const node = *place++;  // before the node goes
        for (torch::jit::Block* inner : node->blocks()) replace_products(inner);
        for (const char* name : {"matmul", "mm", "linear", "addmm"}) {
            if (node->kind() != c10::Symbol::aten(name)) continue;
            torch::jit::Node* const ours = block->owningGraph()->create(
                c10::Symbol::fromQualString(std::string("semscope::") + name), node->inputs(), node->outputs().size());
            ours->output()->copyMetadata(node->output());
            ours->insertBefore(node);
            node->output()->replaceAllUsesWith(ours->output());
            node->destroy();
            break;
        }
    }
}

/// Products that nobody replaced: of batches of matrices, within fused operators, and of numbers that are quantised by
/// the range of the whole batch.
bool has_attention(const torch::jit::Block* block) {
    for (const torch::jit::Node* node : block->nodes()) {
        const std::string name = node->kind().toQualString();
        if (name.starts_with("semscope::")) continue;
        for (const char* part : {"bmm", "attention", "transformer_encoder", "einsum", "multi_head", "_dynamic"})
            if (name.find(part) != std::string::npos) return true;
        for (const torch::jit::Block* inner : node->blocks())
            if (has_attention(inner)) return true;
    }
    return false;
}

}  // namespace

bool has_products_of_photos(torch::jit::Module& module, const at::Tensor& photos) {
    if (has_attention(module.get_method("forward").graph()->block())) return true;
    watch = {.photos = photos.size(0)};
    try {
        module.forward({photos});
    } catch (...) {
        watch = {};
        throw;
    }
    return std::exchange(watch, {}).found;
}

void make_rows_independent(torch::jit::Module& frozen) {
    replace_products(frozen.get_method("forward").graph()->block());
}

void make_threads_independent(torch::jit::Module& frozen) {
    replace_convolutions(frozen.get_method("forward").graph()->block());
}

}  // namespace semscope::network
