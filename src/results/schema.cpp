#include "schema.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace semscope::results {

namespace {

struct DimensionInfo {
    const char* name;
    const char* length;  ///< in the documentation
};

const DimensionInfo& describe(Dimension dimension) {
    static constexpr std::array<DimensionInfo, 9> infos{{{"image", "N"},
                                                         {"image_boundary", "N+1"},
                                                         {"variant", "V"},
                                                         {"scene", "C"},
                                                         {"predicted_scene", "C"},
                                                         {"semantic", "S"},
                                                         {"sample_boundary", "C*S+1"},
                                                         {"correct_sample", "M"},
                                                         {"predicted_sample", "M"}}};
    return infos.at(static_cast<std::size_t>(dimension));
}

std::uint64_t bytes_of(const DatasetSpec& spec, const Extents& extents) {
    std::uint64_t bytes = spec.element.is_text() ? extents.text_bytes.at(spec.path) : spec.element.bytes;
    for (const std::uint64_t length : shape_of(spec, extents)) bytes *= length;
    return bytes;
}

std::string table_row(const DatasetSpec& spec) {
    std::vector<std::string> lengths;
    for (const Dimension dimension : spec.dimensions) lengths.emplace_back(describe(dimension).length);
    return fmt::format("| {} | {} [{}] | {} | {}{} |\n", spec.path, spec.element.name, fmt::join(lengths, ","),
                       spec.units, spec.long_name, spec.note.empty() ? "" : "; " + spec.note);
}

}  // namespace

const char* name_of(Dimension dimension) { return describe(dimension).name; }

DatasetSpec scale_of(Dimension dimension) {
    return {.path = fmt::format("/dim_{}", name_of(dimension)),
            .dimensions = {dimension},
            .long_name = fmt::format("index along the dimension {}", name_of(dimension)),
            .element = element_type<std::uint32_t>()};
}

std::vector<std::uint64_t> shape_of(const DatasetSpec& spec, const Extents& extents) {
    std::vector<std::uint64_t> shape;
    for (const Dimension dimension : spec.dimensions) shape.push_back(extents.lengths.at(dimension));
    return shape;
}

std::uint64_t data_bytes(const Schema& schema, const Extents& extents) {
    std::uint64_t bytes = 0;
    for (const Dimension dimension : schema.dimensions()) bytes += bytes_of(scale_of(dimension), extents);
    for (const DatasetSpec& spec : schema.datasets()) bytes += bytes_of(spec, extents);
    return bytes;
}

std::size_t longest_text(const std::vector<std::string>& texts) {
    std::size_t longest = 1;
    for (const std::string& text : texts) longest = std::max(longest, text.size());
    return longest;
}

std::string documentation_table(const Schema& schema) {
    std::string out = "| dataset | type, shape | units | meaning |\n|---|---|---|---|\n";
    for (const DatasetSpec& spec : schema.datasets()) out += table_row(spec);
    for (const Dimension dimension : schema.dimensions()) out += table_row(scale_of(dimension));
    return out;
}

}  // namespace semscope::results
