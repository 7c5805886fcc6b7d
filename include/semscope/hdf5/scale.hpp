#pragma once

#include "semscope/hdf5/dataset.hpp"

#include <string>
#include <vector>

namespace semscope::hdf5 {

/// Makes `scale` a dimension scale called `name`. By the one process that created the file.
void make_scale(Dataset& scale, const std::string& name);

/// Attaches `scale` to dimension `dimension` of `dataset` and labels that dimension with `label`.
void attach_scale(Dataset& dataset, unsigned dimension, const Dataset& scale, const std::string& label);

/// True when the dataset is a dimension scale.
bool is_scale(const Dataset& dataset);

/// Number of scales attached to a dimension of a dataset.
int attached_scales(const Dataset& dataset, unsigned dimension);

}  // namespace semscope::hdf5
