#include "semscope/core/json.hpp"
#include "semscope/data/tables.hpp"
#include "semscope/figures/label_overlay.hpp"
#include "semscope/inspection/inspection.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <fstream>

namespace semscope::inspection {

namespace {

namespace fs = std::filesystem;

/// Where there is no table: of label maps of 8 bits.
constexpr std::size_t classes_without_table = 256;

/// The names of the table, or "class 3" and so on when there is no table.
std::vector<std::string> class_names(const cli::DataSettings& data) {
    std::error_code ignored;
    if (fs::exists(data.semantics, ignored) || data.semantics_given) return data::read_semantic_names(data.semantics);
    std::vector<std::string> names{"unlabelled"};
    for (std::size_t s = 1; s < classes_without_table; ++s) names.push_back(fmt::format("class {}", s));
    return names;
}

/// A class of the label map.
struct Share {
    std::size_t semantic = 0;
    std::uint64_t pixels = 0;
    double share = 0;
};

/// The classes that occur, largest first.
std::vector<Share> shares_of(const data::LabelMap& map) {
    std::vector<std::uint64_t> counts(std::size_t{*std::max_element(map.labels.begin(), map.labels.end())} + 1);
    for (const std::uint16_t label : map.labels) ++counts[label];
    std::vector<Share> shares;
    for (std::size_t s = 0; s < counts.size(); ++s)
        if (counts[s] > 0)
            shares.push_back({s, counts[s], static_cast<double>(counts[s]) / static_cast<double>(map.labels.size())});
    std::stable_sort(shares.begin(), shares.end(), [](const Share& a, const Share& b) { return a.pixels > b.pixels; });
    return shares;
}

std::string table_of(const std::vector<Share>& shares, const std::vector<std::string>& names) {
    std::size_t width = 5;
    for (const Share& share : shares) width = std::max(width, names[share.semantic].size());
    std::string out = fmt::format("{:>5}  {:<{}} {:>9} {:>8}\n", "index", "class", width, "pixels", "share");
    for (const Share& share : shares)
        out += fmt::format("{:>5}  {:<{}} {:>9} {:>6.2f} %\n", share.semantic, names[share.semantic], width,
                           share.pixels, 100 * share.share);
    return out;
}

std::string json_of(const data::LabelMap& map, const std::vector<Share>& shares,
                    const std::vector<std::string>& names) {
    nlohmann::ordered_json json{{"width", map.size.width}, {"height", map.size.height}};
    for (const Share& share : shares)
        json["classes"].push_back({{"index", share.semantic},
                                   {"name", names[share.semantic]},
                                   {"pixels", share.pixels},
                                   {"share", share.share}});
    return json_text(json);
}

/// The photo of a label map: --photo, or the file at the same place below data.root. Empty when there is none.
fs::path find_photo(const InspectionSettings& settings) {
    const fs::path &label = settings.file, &root = settings.shared.data.root;
    if (settings.photo) return *settings.photo;
    if (root.empty()) return {};
    const fs::path inside = fs::absolute(label).lexically_normal().lexically_relative(settings.shared.labels.root);
    if (inside.empty() || *inside.begin() == "..") return {};
    const std::string &suffix = settings.shared.labels.suffix, &photo_suffix = settings.shared.data.suffix;
    std::string stem = inside.string();
    stem.resize(stem.size() - (stem.ends_with(suffix) ? suffix : inside.extension().string()).size());
    std::vector<std::string> endings{".jpg", ".jpeg", ".JPG", ".JPEG", ".png"};
    if (!photo_suffix.empty()) endings = {photo_suffix};
    for (const std::string& ending : endings) {
        fs::path photo = root / (stem + ending);
        std::error_code ignored;
        if (fs::exists(photo, ignored) && !fs::equivalent(photo, label, ignored)) return photo;
    }
    return {};
}

void draw(const InspectionSettings& settings, const data::LabelMap& map, std::vector<std::string> names) {
    figures::LabelOverlay overlay;
    overlay.labels = map;
    const fs::path file = find_photo(settings);
    if (file.empty()) {
        fmt::print(stderr, "no photo was found, the figure has the colours alone; name it with --photo\n");
    } else {
        overlay.photo = data::read_photo(file);
    }
    overlay.names = std::move(names);
    const auto palette = figures::Palette::for_classes(overlay.names.size());
    figures::save(figures::draw_label_overlay(std::move(overlay), palette), *settings.figure,
                  settings.shared.output.overwrite ? figures::Overwrite::yes : figures::Overwrite::no);
}

}  // namespace

bool is_png(const fs::path& path) {
    constexpr std::array<char, 8> signature{'\x89', 'P', 'N', 'G', '\r', '\n', '\x1a', '\n'};
    std::array<char, 8> start{};
    std::ifstream(path, std::ios::binary).read(start.data(), start.size());
    return start == signature;
}

ExitCode inspect_labels(const InspectionSettings& settings) {
    auto names = class_names(settings.shared.data);
    const auto map = data::read_label_map(settings.file, data::LabelDecoder(settings.shared.labels.coding, names));
    const auto shares = shares_of(map);
    if (settings.json)
        fmt::print("{}", json_of(map, shares, names));
    else
        fmt::print("label map of {}x{} pixels\n{}", map.size.width, map.size.height, table_of(shares, names));
    if (settings.figure) draw(settings, map, std::move(names));
    return ExitCode::done;
}

}  // namespace semscope::inspection
