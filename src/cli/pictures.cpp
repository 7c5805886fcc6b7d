#include "semscope/cli/pictures.hpp"

#include "semscope/comm/agreement.hpp"
#include "semscope/core/digest.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/files.hpp"
#include "semscope/core/timing.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

namespace semscope::cli {

namespace {

namespace fs = std::filesystem;

/// Where the index of an archive is kept: archives of one name in several folders have several.
fs::path index_path(const fs::path& archive, const fs::path& cache) {
    constexpr std::size_t digits = 8;
    const std::string name = archive.has_filename() ? archive.filename().string() : "archive";
    return cache.string() + fmt::format("{}.{}.index", name, sha256_of_text(archive.string()).substr(0, digits));
}

/// The index that is kept, when it is of the archive as it is now; "" otherwise.
std::string kept_index(const fs::path& path, const fs::path& archive) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    try {
        return !bytes.empty() && data::ArchiveIndex::parse(bytes).is_of(archive) ? bytes : "";
    } catch (const InputError&) {
        return "";  // of a job that was killed, or of another version: it is made again
    }
}

/// The bytes of an index, and whether they were just made.
struct IndexBytes {
    std::string bytes;
    bool made = false;
};

IndexBytes index_bytes(const fs::path& archive, const fs::path& kept, const Log& log,
                       const std::function<void()>& tick) {
    if (std::string bytes = kept_index(kept, archive); !bytes.empty()) return {std::move(bytes)};
    const double start = steady_seconds();
    const auto index = data::ArchiveIndex::build(archive, tick);
    log.info(
        fmt::format("{}: {} members indexed in {:.1f} s", archive.string(), index.size(), steady_seconds() - start));
    return {index.serialise(), true};
}

/// Rank 0 reads or makes an index, all ranks have it. Collective.
std::shared_ptr<const data::ArchiveIndex> find_archive(const fs::path& archive, const fs::path& cache,
                                                       const comm::Communicator& communicator, const Log& log,
                                                       const std::function<void()>& tick, Archives& archives) {
    if (archive.empty()) return nullptr;
    const fs::path kept = index_path(archive, cache);
    const IndexBytes own = comm::agree(
        communicator, [&] { return communicator.is_root() ? index_bytes(archive, kept, log, tick) : IndexBytes(); });
    const std::string bytes = communicator.broadcast(own.bytes);
    auto index = comm::agree(
        communicator, [&] { return std::make_shared<const data::ArchiveIndex>(data::ArchiveIndex::parse(bytes)); });
    if (own.made) archives.not_kept.emplace_back(kept, index);
    return index;
}

/// labels.root as a folder inside the archive, below which it would be after unpacking in data.root.
std::string folder_inside(const Settings& settings) {
    const fs::path folder =
        settings.labels.root.lexically_normal().lexically_relative(settings.data.root.lexically_normal());
    if (folder.empty() || *folder.begin() == "..")
        throw UsageError(
            "with labels.archive, labels.root is the folder of the label maps inside the archive; \".\" is its "
            "top");
    return folder == "." ? "" : folder.string();
}

}  // namespace

Archives find_archives(const Settings& settings, const fs::path& cache, const comm::Communicator& communicator,
                       const Log& log, const std::function<void()>& tick) {
    Archives archives;
    archives.photos = find_archive(settings.data.archive, cache, communicator, log, tick, archives);
    archives.labels = settings.labels.archive == settings.data.archive
                          ? archives.photos
                          : find_archive(settings.labels.archive, cache, communicator, log, tick, archives);
    return archives;
}

void keep_indices(Archives& archives, const Log& log) {
    for (const auto& [path, index] : archives.not_kept) {
        std::error_code ignored;
        if (!fs::is_directory(path.parent_path(), ignored)) continue;
        try {
            write_file_atomically(path, index->serialise());
        } catch (const IoError& error) {
            log.warning(fmt::format("the index is made again the next time: {}", error.what()));
        }
    }
    archives.not_kept.clear();
}

Archives open_archives(const Settings& settings, const fs::path& folder, const comm::Communicator& communicator,
                       const Log& log, const std::function<void()>& tick) {
    Archives archives = find_archives(settings, folder / "", communicator, log, tick);
    keep_indices(archives, log);
    return archives;
}

data::Photos photos_of(const Settings& settings, const Archives& archives) {
    if (archives.photos) return {std::make_shared<data::ArchiveTree>(archives.photos), settings.data.exif};
    return {std::make_shared<data::FolderTree>(settings.data.root), settings.data.exif};
}

data::LabelMaps label_maps_of(const Settings& settings, std::span<const std::string> semantics,
                              const Archives& archives) {
    const LabelSettings& labels = settings.labels;
    std::shared_ptr<const data::PictureTree> tree;
    if (archives.labels)
        tree = std::make_shared<data::ArchiveTree>(archives.labels, folder_inside(settings));
    else
        tree = std::make_shared<data::FolderTree>(labels.root);
    return {std::move(tree), std::make_shared<data::LabelDecoder>(labels.coding, semantics), label_naming_of(settings),
            labels.resize};
}

data::LabelNaming label_naming_of(const Settings& settings) { return {settings.data.suffix, settings.labels.suffix}; }

}  // namespace semscope::cli
