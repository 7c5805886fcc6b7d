#include "trial_values.hpp"

#include <stdexcept>

namespace semscope::incremental {

namespace {

/// Lists and tuples are made by the interpreter and not by operators.
c10::IValue make_list(const c10::TypePtr& of, const std::vector<c10::IValue>& elements) {
    c10::impl::GenericList list(of);
    for (const c10::IValue& element : elements) list.push_back(element);
    return c10::IValue(std::move(list));
}

}  // namespace

const c10::IValue& TrialValues::of(const torch::jit::Value* value) {
    if (!knows(value))
        if (const auto constant = torch::jit::toIValue(value)) set(value, *constant);
    return values_.at(value);
}

void TrialValues::run(const torch::jit::Node* node) {
    torch::jit::Stack stack;
    for (const torch::jit::Value* input : node->inputs()) stack.push_back(of(input));
    if (node->kind() == torch::jit::prim::ListConstruct) {
        const auto type = node->output()->type()->expect<c10::ListType>();
        set(node->output(), make_list(type->getElementType(), stack));
        return;
    }
    if (node->kind() == torch::jit::prim::ListUnpack) {
        const std::vector<c10::IValue> elements = stack.at(0).toListRef().vec();
        if (elements.size() != node->outputs().size()) throw std::out_of_range("a list of another length");
        for (std::size_t i = 0; i < elements.size(); ++i) set(node->output(i), elements[i]);
        return;
    }
    torch::jit::Operation operation = node->getOperation();
    operation(stack);
    if (stack.size() != node->outputs().size()) throw std::out_of_range("another number of outputs");
    for (std::size_t i = 0; i < stack.size(); ++i) set(node->output(i), stack[i]);
}

bool works_in_place(const torch::jit::Node* node) {
    const std::string name = node->kind().toUnqualString();
    return name.ends_with('_') && !name.ends_with("__");
}

std::string plain_name(const torch::jit::Node* node) {
    std::string name = node->kind().toUnqualString();
    if (works_in_place(node)) name.pop_back();
    return name;
}

}  // namespace semscope::incremental
