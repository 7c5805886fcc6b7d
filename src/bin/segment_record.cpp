#include "segment_record.hpp"

#include "semscope/app/configuration_difference.hpp"
#include "semscope/base/atomic_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <optional>

namespace semscope::bin {

namespace {

namespace fs = std::filesystem;

std::optional<SegmentRecord> read_record(const fs::path& label_root) {
    std::ifstream file(record_path(label_root));
    if (!file) return std::nullopt;
    try {
        const auto json = nlohmann::json::parse(file);
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
    write_file_atomically(record_path(label_root),
                          json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

void remove_leftovers(const fs::path& root) {
    std::error_code ignored;
    std::vector<fs::path> leftovers;
    for (const auto& entry : fs::recursive_directory_iterator(root, ignored))
        if (is_temporary_name(entry.path())) leftovers.push_back(entry.path());
    for (const fs::path& leftover : leftovers) fs::remove(leftover, ignored);
}

bool judge_label_root(const app::Options& options, const SegmentRecord& present, Problems& problems) {
    const fs::path root = options.path("labels.root");
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
    if (options.flag("output.overwrite")) return false;
    if (stored->digest == present.digest) return true;
    std::vector<std::string> reasons;
    if (stored->digest.empty()) reasons.emplace_back("their removal was interrupted");
    if (stored->model_sha256 != present.model_sha256)
        reasons.push_back(
            fmt::format("the network's SHA-256 was {}, is {}", stored->model_sha256, present.model_sha256));
    for (const auto& [name, then, now] : app::differences(stored->configuration, options.resolved_results_only()))
        reasons.push_back(fmt::format("{} was {}, is {}", name, then, now));
    if (reasons.empty()) reasons.emplace_back("segment.map or data.semantics has another content");
    problems.add(
        fmt::format("{}: its label maps are of another run: {}; give another labels.root, or set "
                    "output.overwrite to make all anew",
                    root.string(), fmt::join(reasons, "; ")));
    return false;
}

}  // namespace semscope::bin
