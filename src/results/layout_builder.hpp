#pragma once

#include "semscope/hdf5/attribute.hpp"
#include "semscope/hdf5/file.hpp"
#include "semscope/hdf5/scale.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace semscope::results {

/// Lays out one file. Dimension scales stand in the root group, since readers of the netCDF data model look for a
/// dimension in a dataset's own group and its parents only.
class LayoutBuilder {
  public:
    explicit LayoutBuilder(hdf5::File& file) : file_(file) {}

    /// Declares a dimension, with the scale /dim_<dimension> that counts along it.
    void add_dimension(const std::string& dimension, std::uint64_t extent);

    /// Creates a dataset over declared dimensions, with its scales attached; `units` may be "" for texts.
    hdf5::Dataset add(const std::string& name, hid_t type, const std::vector<std::string>& dimensions,
                      const std::string& long_name, const std::string& units = "");

    /// Creates and writes a dataset of texts.
    void add_names(const std::string& name, const std::string& dimension, const std::vector<std::string>& texts,
                   const std::string& long_name);

  private:
    hdf5::File& file_;
    std::map<std::string, std::uint64_t> extents_;
    std::map<std::string, hdf5::Dataset> scales_;
};

}  // namespace semscope::results
