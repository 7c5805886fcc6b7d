#pragma once

#include "semscope/comm/communicator.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/results/occlusion_file.hpp"

#include <filesystem>

namespace semscope::comparison {

/// An occlusion file that is open, and its path for messages.
struct NamedFile {
    const results::OcclusionReader& file;
    std::filesystem::path path;
};

/// Adds what differs between the names of the scenes and of the semantic classes of two files, with the first place
/// where they do. Local.
void check_tables(const NamedFile& first, const NamedFile& second, Problems& problems);

/// Throws AgreedError on every rank unless the files are of the same images: the same paths in the same order, the same
/// true scenes, the same photos (by their digests, where both files have them), and the same occlusion.mode, without
/// which deviations mean different things; and of the same tables (check_tables). All that differs is named together.
/// Collective; every rank has opened both files for itself. Each rank compares a share of the images.
void require_comparable(const NamedFile& first, const NamedFile& second, const comm::Communicator& communicator);

}  // namespace semscope::comparison
