#pragma once

#include "semscope/app/options.hpp"
#include "semscope/dataset/label_map.hpp"
#include "semscope/dataset/preprocess.hpp"

/// From the options of a program to how photos and label maps are read.
namespace semscope::wiring {

dataset::LabelCoding label_coding(const app::Options& options);
dataset::Geometry geometry(const app::Options& options);

}  // namespace semscope::wiring
