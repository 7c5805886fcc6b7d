#include "convolution_flags.hpp"

#include <array>
#include <utility>

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

}  // namespace semscope::network
