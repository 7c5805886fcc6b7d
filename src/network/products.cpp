#include "products.hpp"

#include "determinism.hpp"
#include "semscope/kernels/matrix.hpp"
#include "semscope/network/device.hpp"
#include "torch_device.hpp"

#include <ATen/ExpandUtils.h>
#include <ATen/Parallel.h>
#include <torch/library.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace semscope::network {

namespace {

using OptionalTensor = c10::optional<at::Tensor>;

const kernels::Kernels& own_kernels() {
    static const kernels::Kernels* const found = &kernels::kernels_for(describe_hardware({}));
    return *found;
}

/// The panels of a weight as fully connected layers have it, [columns,depth].
at::Tensor pack(const at::Tensor& weight) {
    const int columns = static_cast<int>(weight.size(0)), depth = static_cast<int>(weight.size(1));
    at::Tensor panels = at::empty({static_cast<std::int64_t>(kernels::Matrix::size(depth, columns))}, at::kFloat);
    kernels::Matrix::pack(weight.data_ptr<float>(), depth, columns, weight.stride(1), weight.stride(0),
                          panels.data_ptr<float>());
    return panels;
}

/// input [...,depth] times a packed weight, [...,columns].
at::Tensor packed_linear(const at::Tensor& input, const at::Tensor& panels, const OptionalTensor& bias,
                         std::int64_t columns) {
    TORCH_CHECK(input.scalar_type() == at::kFloat && input.dim() > 0, "a fully connected layer for float32 got ",
                input.scalar_type());
    const at::Tensor rows = input.contiguous();
    const auto depth = static_cast<int>(rows.size(-1));
    TORCH_CHECK(kernels::Matrix::size(depth, static_cast<int>(columns)) == static_cast<std::size_t>(panels.numel()),
                "a fully connected layer got ", depth, " numbers a row");
    std::vector<std::int64_t> sizes = rows.sizes().vec();
    sizes.back() = columns;
    at::Tensor output = at::empty(sizes, rows.options());
    const bool has_bias = bias.has_value() && bias->defined();
    const at::Tensor start = has_bias ? bias->contiguous() : at::zeros({columns}, rows.options());
    TORCH_CHECK(start.numel() == columns, "a fully connected layer has a bias of ", start.numel());
    multiply(own_kernels(),
             {.a = rows.data_ptr<float>(),
              .rows = depth == 0 ? 0 : static_cast<std::size_t>(rows.numel() / depth),
              .b = {panels.data_ptr<float>(), depth, static_cast<int>(columns)},
              .start = start.data_ptr<float>(),
              .c = output.data_ptr<float>()},
             at::get_num_threads());
    return output;
}

/// As at::matmul; of batches of matrices, of which one may be a single matrix, matrix by matrix.
at::Tensor product_of_batches(const at::Tensor& a, const at::Tensor& b) {
    if (a.dim() < 2 || b.dim() < 2 || a.dim() + b.dim() == 4) {
        note_dependent_product();
        return at::matmul(a, b);
    }
    const std::int64_t rows = a.size(-2), depth = a.size(-1), columns = b.size(-1);
    std::vector<std::int64_t> sizes = at::infer_size(a.sizes().slice(0, static_cast<std::size_t>(a.dim() - 2)),
                                                     b.sizes().slice(0, static_cast<std::size_t>(b.dim() - 2)));
    const auto expand = [&](const at::Tensor& factor) {
        std::vector<std::int64_t> all = sizes;
        all.push_back(factor.size(-2));
        all.push_back(factor.size(-1));
        return factor.expand(all).reshape({-1, factor.size(-2), factor.size(-1)});
    };
    TORCH_CHECK(b.size(-2) == depth, "matrices of ", depth, " columns and ", b.size(-2), " rows cannot be multiplied");
    const at::Tensor left = expand(a), right = expand(b);
    at::Tensor products = at::empty({left.size(0), rows, columns}, a.options());
    for_each_alone(static_cast<std::size_t>(left.size(0)), [&](std::size_t matrix) {
        const auto i = static_cast<std::int64_t>(matrix);
        at::Tensor product = products.select(0, i);
        at::mm_out(product, left.select(0, i), right.select(0, i));
    });
    sizes.push_back(rows);
    sizes.push_back(columns);
    return products.view(sizes);
}

/// softmax(q k' / sqrt(d)) v, where q is [N,heads,T,d], k [N,heads,S,d] and v [N,heads,S,e]; written to `output`
/// [N,heads,T,e].
void attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& output) {
    const double scale = 1 / std::sqrt(static_cast<double>(q.size(3)));
    const std::int64_t heads = q.size(1);
    for_each_alone(static_cast<std::size_t>(q.size(0) * heads), [&](std::size_t matrix) {
        const auto i = static_cast<std::int64_t>(matrix);
        const auto of = [&](const at::Tensor& all) { return all.select(0, i / heads).select(0, i % heads); };
        const at::Tensor weights = at::softmax(at::mm(of(q), of(k).t()).mul_(scale), -1);
        at::Tensor mixed = of(output);
        at::mm_out(mixed, weights, of(v));
    });
}

/// Attention of `heads` heads among the tokens of each photo, input [N,T,E], by packed weights of 3 E and of E columns.
/// The second result, the weights of the tokens, is an undefined tensor, as where nobody asks for them.
std::tuple<at::Tensor, at::Tensor> self_attention(const at::Tensor& input, const at::Tensor& mixing,
                                                  const OptionalTensor& mixing_bias, const at::Tensor& projection,
                                                  const OptionalTensor& projection_bias, std::int64_t heads) {
    const std::int64_t photos = input.size(0), tokens = input.size(1), width = input.size(2);
    const at::Tensor qkv = packed_linear(input, mixing, mixing_bias, 3 * width)
                               .view({photos, tokens, 3, heads, width / heads})
                               .permute({2, 0, 3, 1, 4});
    at::Tensor mixed = at::empty({photos, tokens, heads, width / heads}, input.options());
    attend(qkv[0], qkv[1], qkv[2], mixed.transpose(1, 2));
    return {packed_linear(mixed.view({photos, tokens, width}), projection, projection_bias, width), at::Tensor()};
}

at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
    const auto of_same_heads = [&](const at::Tensor& other) {
        return other.dim() == 4 && other.size(0) == q.size(0) && other.size(1) == q.size(1);
    };
    if (q.dim() != 4 || !of_same_heads(k) || !of_same_heads(v)) {
        note_dependent_product();
        const double scale = 1 / std::sqrt(static_cast<double>(q.size(-1)));
        return at::matmul(at::softmax(at::matmul(q, k.transpose(-2, -1)).mul_(scale), -1), v);
    }
    at::Tensor output = at::empty({q.size(0), q.size(1), q.size(2), v.size(3)}, q.options());
    attend(q, k, v, output);
    return output;
}

/// As at::einsum, for each place in the first dimension by itself.
at::Tensor einsum(const std::string& equation, at::TensorList operands) {
    const std::int64_t photos = operands.empty() ? 0 : operands[0].size(0);
    bool of_photos = photos > 0;  // a single one stands for all
    for (const at::Tensor& operand : operands) of_photos = of_photos && operand.size(0) == photos;
    if (!of_photos) {
        note_dependent_product();
        return at::einsum(equation, operands);
    }
    std::vector<at::Tensor> rows(static_cast<std::size_t>(photos));
    for_each_alone(rows.size(), [&](std::size_t photo) {
        std::vector<at::Tensor> own;
        for (const at::Tensor& operand : operands)
            own.push_back(operand.narrow(0, static_cast<std::int64_t>(photo), 1));
        rows[photo] = at::einsum(equation, own);
    });
    return at::cat(rows);
}

TORCH_LIBRARY_FRAGMENT(semscope, library) {
    const auto define = [&](const char* schema) {
        library.def(torch::schema(schema, c10::AliasAnalysisKind::FROM_SCHEMA));
    };
    define("packed_linear(Tensor input, Tensor panels, Tensor? bias, int columns) -> Tensor");
    define("product_of_batches(Tensor a, Tensor b) -> Tensor");
    define(
        "self_attention(Tensor input, Tensor mixing, Tensor? mixing_bias, Tensor projection, "
        "Tensor? projection_bias, int heads) -> (Tensor, Tensor)");
    define("einsum(str equation, Tensor[] operands) -> Tensor");
    define("attention(Tensor q, Tensor k, Tensor v) -> Tensor");
    library.impl("packed_linear", packed_linear);
    library.impl("product_of_batches", product_of_batches);
    library.impl("self_attention", self_attention);
    library.impl("attention", attention);
    library.impl("einsum", einsum);
}

/// Puts our operators in the place of a graph's.
class Replacement {
  public:
    explicit Replacement(torch::jit::Graph& graph) : graph_(graph) {}

    void run(torch::jit::Block* block) {
        for (auto place = block->nodes().begin(); place != block->nodes().end();) {
            torch::jit::Node* const node = *place++;  // before the node goes
            for (torch::jit::Block* inner : node->blocks()) run(inner);
            const std::string name = node->kind().toQualString();
            const torch::jit::WithInsertPoint here(node);
            if (name == "aten::linear") linear(*node);
            if (name == "aten::addmm") addmm(*node);
            if (name == "aten::matmul" || name == "aten::mm" || name == "aten::bmm") product(*node);
            if (name == "aten::_native_multi_head_attention") native_attention(*node);
            if (name == "aten::einsum") einsum_of_photos(*node);
            if (name == "aten::scaled_dot_product_attention") scaled_attention(*node);
        }
    }

  private:
    using Value = torch::jit::Value;
    /// Of a weight: [columns,depth], as in fully connected layers, or [depth,columns], as the second factor of a
    /// product.
    enum class Layout { columns_first, depth_first };

    /// A known matrix of float32 numbers.
    static std::optional<at::Tensor> weight_of(const Value* value) {
        const auto constant = torch::jit::toIValue(value);
        if (!constant || !constant->isTensor()) return std::nullopt;
        const at::Tensor weight = constant->toTensor();
        const bool fits = weight.defined() && weight.dim() == 2 && weight.scalar_type() == at::kFloat &&
                          weight.is_cpu() && weight.layout() == at::kStrided && weight.numel() > 0;
        return fits ? std::optional(weight) : std::nullopt;
    }

    static bool is_none(const Value* value) { return value->mustBeNone(); }
    template <class Number>
    static bool is(const Value* value, Number number) {
        const auto constant = torch::jit::toIValue(value);
        return constant && constant->isScalar() && constant->toScalar().to<double>() == static_cast<double>(number);
    }

    /// The packed form of a weight, made once for each way in which it is read.
    Value* packed(Value* value, Layout layout) {
        Value*& known = packed_[{value, layout}];
        if (known != nullptr) return known;
        const at::Tensor weight = torch::jit::toIValue(value)->toTensor();
        const torch::jit::WithInsertPoint first(*graph_.block()->nodes().begin());
        return known = graph_.insertConstant(pack(layout == Layout::columns_first ? weight : weight.t()));
    }

    Value* insert(const char* name, const std::vector<Value*>& inputs) {
        return insert_node(name, inputs, 1)->output();
    }
    torch::jit::Node* insert_node(const char* name, const std::vector<Value*>& inputs, std::size_t outputs) {
        return graph_.insertNode(graph_.create(c10::Symbol::fromQualString(name), inputs, outputs));
    }

    static void replace(torch::jit::Node& node, Value* by) { replace(node, std::vector{by}); }
    static void replace(torch::jit::Node& node, const std::vector<Value*>& by) {
        for (std::size_t i = 0; i < by.size(); ++i) {
            by[i]->copyMetadata(node.output(i));
            node.output(i)->replaceAllUsesWith(by[i]);
        }
        node.destroy();
    }

    /// `bias`: a value, or that of None.
    void replace_by_linear(torch::jit::Node& node, Value* input, Value* weight, Layout layout, Value* bias) {
        const std::int64_t columns = weight_of(weight)->size(layout == Layout::columns_first ? 0 : 1);
        replace(node, insert("semscope::packed_linear",
                             {input, packed(weight, layout), bias, graph_.insertConstant(columns)}));
        drop(weight);
    }

    /// A weight that nobody reads any more goes at once, as two forms of all of them may not fit into memory.
    void drop(Value* weight) {
        if (weight->hasUses()) return;
        for (const Layout layout : {Layout::columns_first, Layout::depth_first}) packed_.erase({weight, layout});
        weight->node()->destroy();
    }

    void linear(torch::jit::Node& node) {
        if (weight_of(node.input(1)))
            replace_by_linear(node, node.input(0), node.input(1), Layout::columns_first, node.input(2));
    }

    /// input(0) * beta + input(1) input(2) * alpha.
    void addmm(torch::jit::Node& node) {
        const auto bias = torch::jit::toIValue(node.input(0));
        const auto weight = weight_of(node.input(2));
        if (!weight || !bias || !bias->isTensor() || bias->toTensor().dim() != 1 || !is(node.input(3), 1) ||
            !is(node.input(4), 1) || bias->toTensor().numel() != weight->size(1))
            return;
        replace_by_linear(node, node.input(1), node.input(2), Layout::depth_first, node.input(0));
    }

    void product(torch::jit::Node& node) {
        Value* const a = node.input(0);
        Value* const b = node.input(1);
        if (!weight_of(b)) return replace(node, insert("semscope::product_of_batches", {a, b}));
        replace_by_linear(node, a, b, Layout::depth_first, graph_.insertConstant(torch::jit::IValue()));
    }

    /// Of one input with itself, without a mask and without its weights as a result.
    void native_attention(torch::jit::Node& node) {
        const bool known = weight_of(node.input(5)) && weight_of(node.input(7));
        const auto heads = torch::jit::toIValue(node.input(4));
        const bool plain = node.input(0) == node.input(1) && node.input(0) == node.input(2) && is_none(node.input(9)) &&
                           is(node.input(10), 0) && heads && heads->isInt();
        if (!plain || !known) return;
        const auto outputs = insert_node("semscope::self_attention",
                                         {node.input(0), packed(node.input(5), Layout::columns_first), node.input(6),
                                          packed(node.input(7), Layout::columns_first), node.input(8), node.input(4)},
                                         2)
                                 ->outputs();
        Value* const weights[] = {node.input(5), node.input(7)};
        replace(node, {outputs[0], outputs[1]});
        for (Value* weight : weights) drop(weight);
    }

    /// Whose operands and result all have the same first dimension.
    void einsum_of_photos(torch::jit::Node& node) {
        const auto equation = torch::jit::toIValue(node.input(0));
        if (!equation || !equation->isString()) return;
        std::string text = equation->toStringRef();
        std::erase(text, ' ');
        const std::size_t arrow = text.find("->");
        if (arrow == std::string::npos || text.find('.') != std::string::npos) return;
        const char first = text.front();
        for (std::size_t comma = text.find(','); comma != std::string::npos; comma = text.find(',', comma + 1))
            if (text[comma + 1] != first) return;
        const auto terms = 2 + std::count(text.begin(), text.end(), ',');
        if (text[arrow + 2] != first || std::count(text.begin(), text.end(), first) != terms) return;
        replace(node, insert("semscope::einsum", {node.input(0), node.input(1)}));
    }

    /// query, key, value, attn_mask, dropout_p, is_causal, and in later versions scale and enable_gqa.
    void scaled_attention(torch::jit::Node& node) {
        const auto causal = torch::jit::toIValue(node.input(5));
        const bool plain =
            is_none(node.input(3)) && is(node.input(4), 0) && causal && causal->isBool() && !causal->toBool();
        if (!plain || (node.inputs().size() > 6 && !is_none(node.input(6)))) return;
        if (node.inputs().size() > 7) {
            const auto grouped = torch::jit::toIValue(node.input(7));
            if (!grouped || !grouped->isBool() || grouped->toBool()) return;
        }
        replace(node, insert("semscope::attention", {node.input(0), node.input(1), node.input(2)}));
    }

    torch::jit::Graph& graph_;
    std::map<std::pair<const Value*, Layout>, Value*> packed_;
};

}  // namespace

void make_products_independent(torch::jit::Module& frozen) {
    const auto graph = frozen.get_method("forward").graph();
    Replacement(*graph).run(graph->block());
}

}  // namespace semscope::network
