#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace semscope::dataset {

/// The semantic class of each label of a segmentation network: entry k is the class of output k, 0 where the label is
/// ignored. Several labels may mean one class.
using LabelMapping = std::vector<std::uint16_t>;

/// Reads a mapping: a line for each label, `label<blank or tab>class`, the class by its name or index in `semantics`
/// (element 0 = unlabelled), or "ignore". Every label from 0 to the highest must be there once.
/// Local. Throws InputError that lists every line that is wrong, with the nearest class names.
LabelMapping read_label_mapping(const std::filesystem::path& path, std::span<const std::string> semantics);

/// The mapping of a network whose outputs are the classes themselves: `labels` outputs for S = `semantics` classes
/// including unlabelled, S - 1 of them (output k is class k + 1) or S (output 0 is unlabelled).
/// Local, pure. Throws InputError for any other number: a mapping must be given then.
LabelMapping identity_mapping(std::size_t labels, std::size_t semantics);

}  // namespace semscope::dataset
