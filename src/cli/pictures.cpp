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
    return cache / fmt::format("{}.{}.index", name, sha256_of_text(archive.string()).substr(0, digits));
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

std::string index_bytes(const fs::path& archive, const fs::path& cache, const Log& log,
                        const std::function<void()>& tick) {
    const fs::path path = index_path(archive, cache);
    if (std::string bytes = kept_index(path, archive); !bytes.empty()) return bytes;
    const double start = steady_seconds();
    const auto index = data::ArchiveIndex::build(archive, tick);
    std::string bytes = index.serialise();
    log.info(
        fmt::format("{}: {} members indexed in {:.1f} s", archive.string(), index.size(), steady_seconds() - start));
    std::error_code ignored;
    if (!fs::is_directory(cache, ignored)) return bytes;
    try {
        write_file_atomically(path, bytes);
    } catch (const IoError& error) {
        log.warning(fmt::format("the index is made again the next time: {}", error.what()));
    }
    return bytes;
}

std::shared_ptr<const data::ArchiveIndex> open_archive(const fs::path& archive, const fs::path& cache,
                                                       const comm::Communicator& communicator, const Log& log,
                                                       const std::function<void()>& tick) {
    if (archive.empty()) return nullptr;
    const std::string own = comm::agree(
        communicator, [&] { return communicator.is_root() ? index_bytes(archive, cache, log, tick) : std::string(); });
    const std::string bytes = communicator.broadcast(own);
    return comm::agree(communicator,
                       [&] { return std::make_shared<const data::ArchiveIndex>(data::ArchiveIndex::parse(bytes)); });
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

Archives open_archives(const Settings& settings, const fs::path& cache, const comm::Communicator& communicator,
                       const Log& log, const std::function<void()>& tick) {
    Archives archives;
    archives.photos = open_archive(settings.data.archive, cache, communicator, log, tick);
    archives.labels = settings.labels.archive == settings.data.archive
                          ? archives.photos
                          : open_archive(settings.labels.archive, cache, communicator, log, tick);
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
