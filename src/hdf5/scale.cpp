#include "semscope/hdf5/scale.hpp"

#include <hdf5_hl.h>

namespace semscope::hdf5 {

void make_scale(Dataset& scale, const std::string& name) {
    check(H5DSset_scale(scale.id(), name.c_str()), "making a dimension scale of " + scale.name());
}

void attach_scale(Dataset& dataset, unsigned dimension, const Dataset& scale, const std::string& label) {
    check(H5DSattach_scale(dataset.id(), scale.id(), dimension), "attaching a scale to " + dataset.name());
    check(H5DSset_label(dataset.id(), dimension, label.c_str()), "labelling a dimension of " + dataset.name());
}

bool is_scale(const Dataset& dataset) { return H5DSis_scale(dataset.id()) > 0; }

int attached_scales(const Dataset& dataset, unsigned dimension) { return H5DSget_num_scales(dataset.id(), dimension); }

}  // namespace semscope::hdf5
