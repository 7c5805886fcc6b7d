#include "label_files.hpp"

#include "semscope/cli/configuration.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/files.hpp"
#include "semscope/core/json.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <array>
#include <fstream>
#include <optional>

namespace semscope::segmentation {

namespace {

constexpr std::size_t ranks = network::Segmentation::ranks;

int channels_of(LabelLayout layout) { return layout == LabelLayout::top1 ? 1 : static_cast<int>(ranks); }

/// One value of each rank and pixel as a PNG file: the best rank alone, or all with the best in blue (R, G, B).
template <class ValueOf>
std::string compose(LabelLayout layout, data::ImageSize size, int bits, ValueOf&& value_of) {
    const auto channels = static_cast<std::size_t>(channels_of(layout));
    const std::size_t pixels = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
    data::StoredLabels stored{size, static_cast<int>(channels), bits, {}};
    stored.bytes.reserve(channels * pixels * static_cast<std::size_t>(bits / 8));
    for (std::size_t pixel = 0; pixel < pixels; ++pixel)
        for (std::size_t rank = channels; rank-- > 0;) {
            const unsigned value = value_of(rank, pixel);
            if (bits == 16) stored.bytes.push_back(static_cast<std::uint8_t>(value >> 8));
            stored.bytes.push_back(static_cast<std::uint8_t>(value & 255));
        }
    return data::encode_png(stored);
}

bool is_whole(const std::filesystem::path& path, data::ImageSize size, int channels, int bits) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) return false;
    try {
        const data::StoredLabels stored = data::read_label_image(path);
        return stored.size == size && stored.channels == channels && stored.bits == bits;
    } catch (const InputError&) {
        return false;
    }
}

}  // namespace

bool LabelFiles::whole(std::string_view image, data::ImageSize size) const {
    const int channels = channels_of(layout);
    return is_whole(data::label_map_path(label_root, image, naming), size, channels, bits) &&
           (score_root.empty() || is_whole(data::label_map_path(score_root, image, naming), size, channels, 8));
}

void LabelFiles::write(std::string_view image, data::ImageSize size, const network::Segmentation& result) const {
    if (!score_root.empty())
        write_file_atomically(
            data::label_map_path(score_root, image, naming),
            compose(layout, size, 8, [&](std::size_t rank, std::size_t pixel) { return result.scores[rank][pixel]; }));
    write_file_atomically(data::label_map_path(label_root, image, naming),
                          compose(layout, size, bits, [&](std::size_t rank, std::size_t pixel) {
                              return data::stored_value(result.classes[rank][pixel], coding, bits);
                          }));
}

namespace {

namespace fs = std::filesystem;

std::optional<SegmentRecord> read_record(const fs::path& label_root) {
    std::ifstream file(record_path(label_root));
    if (!file) return std::nullopt;
    try {
        const auto json = parse_json(file);
        return SegmentRecord{json.at("digest"), json.at("configuration"), json.at("model_sha256"), json.at("created"),
                             json.at("command_line")};
    } catch (const nlohmann::json::exception&) {
        throw InputError(fmt::format("{}: is not a record of semscope-segment", record_path(label_root).string()));
    }
}

}  // namespace

fs::path record_path(const fs::path& label_root) { return label_root / "semscope-segment.json"; }

namespace {

/// Whether the folder has anything but what semscope-segment keeps there for itself.
bool holds_files(const fs::path& folder) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored))
        if (!entry.path().filename().string().starts_with(record_path({}).string())) return true;
    return false;
}

}  // namespace

void write_record(const fs::path& label_root, const SegmentRecord& record) {
    const nlohmann::ordered_json json{{"digest", record.digest},
                                      {"model_sha256", record.model_sha256},
                                      {"created", record.created},
                                      {"command_line", record.command_line},
                                      {"configuration", record.configuration}};
    write_file_atomically(record_path(label_root), json_text(json));
}

void remove_leftovers(const fs::path& root) {
    std::error_code ignored;
    std::vector<fs::path> leftovers;
    for (const auto& entry : fs::recursive_directory_iterator(root, ignored))
        if (is_temporary_name(entry.path())) leftovers.push_back(entry.path());
    for (const fs::path& leftover : leftovers) fs::remove(leftover, ignored);
}

bool examine_label_root(const cli::Options& options, const cli::Settings& settings, const SegmentRecord& present,
                        Problems& problems) {
    const fs::path& root = settings.labels.root;
    std::optional<SegmentRecord> stored;
    const std::size_t before = problems.list().size();
    problems.collect([&] { stored = read_record(root); });
    if (problems.list().size() > before) return false;
    if (!stored) {
        if (holds_files(root))
            problems.add(
                fmt::format("{}: holds files that semscope-segment did not make, and that it will not touch; "
                            "give another labels.root",
                            root.string()));
        return false;
    }
    // Without a digest: a run that was allowed to remove them did not get to the end of it, and this one goes on.
    if (settings.output.overwrite || stored->digest.empty()) return false;
    if (stored->digest == present.digest) return true;
    std::vector<std::string> reasons;
    if (stored->model_sha256 != present.model_sha256)
        reasons.push_back(
            fmt::format("the network's SHA-256 was {}, is {}", stored->model_sha256, present.model_sha256));
    for (const auto& [name, then, now] : cli::differences(stored->configuration, options.resolved_results_only()))
        reasons.push_back(fmt::format("{} was {}, is {}", name, then, now));
    if (reasons.empty()) reasons.emplace_back("segment.map or data.semantics has another content");
    problems.add(
        fmt::format("{}: its label maps are of another run: {}; give another labels.root, or set "
                    "output.overwrite to make all of them again",
                    root.string(), fmt::join(reasons, "; ")));
    return false;
}

}  // namespace semscope::segmentation
