#pragma once

#include "semscope/app/options.hpp"
#include "semscope/dataset/label_map.hpp"
#include "semscope/dataset/preprocess.hpp"

/// From the options of a program to how photos and label maps are read.
namespace semscope::wiring {

dataset::LabelCoding label_coding(const app::Options& options);
dataset::Geometry geometry(const app::Options& options);

/// Whether data.root is a folder; if not, that is the problem, and not each of the files below it. Local.
bool data_root_exists(const app::Options& options, Problems& problems);

}  // namespace semscope::wiring
