#pragma once

#include "semscope/kernels/buffer.hpp"
#include "semscope/kernels/kernels.hpp"
#include "semscope/kernels/matrix.hpp"

namespace semscope::incremental {

using kernels::Activation;
using kernels::Buffer;
using kernels::BufferOf;
using kernels::divide_up;
using kernels::Function;
using kernels::Kernels;
using kernels::most_weighed;
using kernels::Pair;
using kernels::PairProduct;
using kernels::panel_columns;
using kernels::Product;
using kernels::Weighing;

}  // namespace semscope::incremental
