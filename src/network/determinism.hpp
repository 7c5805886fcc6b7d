#pragma once

#include <torch/script.h>

namespace semscope::network {

/// Makes every convolution of a frozen module follow this program's arithmetic and not the settings of the Python that
/// exported it: no TensorFloat-32, deterministic algorithms, no search for the fastest one. torch.jit.trace records
/// those settings in the graph as arguments of aten::_convolution, where they beat the global ones of LibTorch. Traced
/// with PyTorch's defaults, an fp32 network would compute in TF32 on a GPU: probabilities move by up to 1e-2.
/// Local. Call once a module is frozen.
void set_convolution_flags(torch::jit::Module& frozen);

/// Makes the matrix products of a frozen module (its fully connected layers) give each row the same bits wherever it
/// stands in the batch: they are computed row by row. A BLAS treats the last rows of a matrix by other kernels than the
/// first, which add in another order, on some CPUs (OpenBLAS on AVX2: rows 13 to 16 of 16). The weights are then read
/// once a row, which is little beside the convolutions before them. Only where both factors are matrices; call before
/// the module is optimised further.
void make_rows_independent(torch::jit::Module& frozen);

/// Makes the 1x1 convolutions of a frozen module on a CPU give the same bits with any number of threads, in batches of
/// any size: see convolution() in the source. Only where the weight is known, as it is once a module is frozen.
void make_threads_independent(torch::jit::Module& frozen);

/// Whether a frozen module computes products of more than one row a photo, as transformers and mixers do, or attention:
/// a BLAS rounds their rows by the place in the whole batch, and row by row they would take too long. Runs the module,
/// after make_rows_independent, on `photos`, [N,3,H,W], N > 1. Throws what it throws.
bool has_products_of_photos(torch::jit::Module& module, const at::Tensor& photos);

/// For has_products_of_photos: that a product runs whose rows depend on each other.
void note_dependent_product();

}  // namespace semscope::network
