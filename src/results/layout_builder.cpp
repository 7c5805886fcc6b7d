#include "layout_builder.hpp"

#include <algorithm>
#include <numeric>

namespace semscope::results {

using hdf5::Dataset;

void LayoutBuilder::add_dimension(const std::string& dimension, std::uint64_t extent) {
    Dataset scale = file_.create_dataset<std::uint32_t>("/dim_" + dimension, {extent});
    hdf5::make_scale(scale, "dim_" + dimension);
    constexpr std::uint64_t block = 1U << 20;
    for (std::uint64_t begin = 0; begin < extent; begin += block) {
        std::vector<std::uint32_t> indices(std::min(block, extent - begin));
        std::iota(indices.begin(), indices.end(), static_cast<std::uint32_t>(begin));
        scale.write<std::uint32_t>(hdf5::Range{begin, begin + indices.size()}, indices);
    }
    hdf5::write_attribute(scale.id(), "long_name", "index along the dimension " + dimension);
    extents_[dimension] = extent;
    scales_.emplace(dimension, std::move(scale));
}

Dataset LayoutBuilder::add(const std::string& name, hid_t type, const std::vector<std::string>& dimensions,
                           const std::string& long_name, const std::string& units) {
    std::vector<std::uint64_t> shape;
    shape.reserve(dimensions.size());
    for (const auto& dimension : dimensions) shape.push_back(extents_.at(dimension));
    Dataset dataset = file_.create_dataset(name, type, shape);
    for (std::size_t i = 0; i < dimensions.size(); ++i)
        hdf5::attach_scale(dataset, static_cast<unsigned>(i), scales_.at(dimensions[i]), dimensions[i]);
    hdf5::write_attribute(dataset.id(), "long_name", long_name);
    if (!units.empty()) hdf5::write_attribute(dataset.id(), "units", units);
    return dataset;
}

void LayoutBuilder::add_names(const std::string& name, const std::string& dimension,
                              const std::vector<std::string>& texts, const std::string& long_name) {
    std::size_t length = 1;
    for (const std::string& text : texts) length = std::max(length, text.size());
    add(name, hdf5::string_type(length).get(), {dimension}, long_name).write_strings(0, texts);
}

}  // namespace semscope::results
