#pragma once

#include <torch/script.h>

namespace semscope::inference {

/// Makes the matrix products of a frozen module (its fully connected layers) give each row the same bits wherever it
/// stands in the batch: they are computed row by row. A BLAS treats the last rows of a matrix by other kernels than the
/// first, which add in another order, on some CPUs (OpenBLAS on AVX2: rows 13 to 16 of 16). The weights are then read
/// once a row, which is little beside the convolutions before them. Only where both factors are matrices; call before
/// the module is optimised further.
void make_rows_independent(torch::jit::Module& frozen);

}  // namespace semscope::inference
