#include "report.hpp"
#include "semscope/comparison/views.hpp"
#include "semscope/core/json.hpp"
#include "semscope/inspection/inspection.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace semscope::inspection {

std::string comparison_summary(const results::ComparisonReader& file) {
    std::string out = "comparison file\n" + comparison::comparison_table(file) + "\n";
    for (const results::Side side : {results::Side::first, results::Side::second})
        for (const char* attribute :
             {"model_sha256", "image_list_sha256", "configuration_digest", "occlusion_identity"}) {
            const std::string name = fmt::format("{}_{}", results::name_of(side), attribute);
            out += fmt::format("  {:<28} {}\n", name, file.attribute(name));
        }
    return out + "configuration:\n" + file.attribute("configuration");
}

std::string comparison_json(const results::ComparisonReader& file) {
    nlohmann::ordered_json json{{"format", results::comparison_format},
                                {"format_version", results::comparison_format_version}};
    json.update(comparison::describe_files(file));
    json.update(comparison::describe_summary(file));
    return json_text(json);
}

ExitCode check_comparison(const results::ComparisonReader& file, const std::filesystem::path& path) {
    return conclude_check(path, results::check_comparison_content(file),
                          fmt::format("{} images, {} scenes, {} classes: schema and content are sound", file.images(),
                                      file.scenes(), file.semantics() - 1));
}

}  // namespace semscope::inspection
