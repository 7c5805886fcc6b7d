#pragma once

#include <torch/script.h>

namespace semscope::network {

/// Lets a frozen module on a CPU compute the products that are known here so that a photo has the same bits wherever it
/// stands in a batch, and with any number of threads:
/// - Products by constant weights in float32, of any number of rows a photo (the tokens of transformers, the pixels of
///   ConvNeXt), by Kernels::multiply, which sums each row in one order. The weights stand in memory once, in its form.
/// - Products of two computed factors, and attention without a mask, matrix by matrix.
/// Others stay as they are. Call before make_rows_independent and before the module is optimised further.
void make_products_independent(torch::jit::Module& frozen);

}  // namespace semscope::network
