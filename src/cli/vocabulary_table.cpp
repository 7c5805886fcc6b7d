#include "semscope/cli/vocabulary.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/algorithm/string/replace.hpp>

namespace semscope::cli {

namespace {

/// "0 to 255", "1 or more"; with the unit.
std::string range(const OptionTraits& traits) {
    const std::string unit = traits.unit.empty() ? "" : " " + traits.unit;
    return traits.maximum < unbounded ? fmt::format("{} to {}{}", traits.minimum, traits.maximum, unit)
                                      : fmt::format("{} or more{}", traits.minimum, unit);
}

std::string values(const OptionSpec& spec) {
    switch (spec.kind) {
        case ValueKind::choice:
            return fmt::format("{}", fmt::join(spec.choices, ", "));
        case ValueKind::integer:
            return range(spec.traits);
        case ValueKind::integer_or_auto:
            return "auto, " + range(spec.traits);
        case ValueKind::real:
            return range(spec.traits);
        case ValueKind::three_reals:
            return "three numbers";
        case ValueKind::flag:
            return "true, false";
        case ValueKind::resize:
            return "0 to 16384 pixels, WIDTHxHEIGHT";
        case ValueKind::key_values:
            return "key=value,...";
        case ValueKind::sha256:
            return "64 hexadecimal digits";
        case ValueKind::data_path:
            return "path below data.root";
        case ValueKind::path:
            return spec.choices.empty() ? "path" : fmt::format("path, {}", fmt::join(spec.choices, ", "));
        case ValueKind::text:
            return "text";
    }
    return "";
}

/// Text that Markdown shows as it is in a cell.
std::string cell(const std::string& text) {
    std::string out = boost::replace_all_copy(text, "|", "\\|");
    boost::replace_all(out, "<", "&lt;");
    return out;
}

}  // namespace

std::string vocabulary_table() {
    Settings defaults;
    std::string out = "| option | default | values | changes results | meaning |\n|---|---|---|---|---|\n";
    for (const OptionSpec& spec : vocabulary(defaults, {})) {
        const OptionTraits& traits = spec.traits;
        const std::string meaning = traits.details.empty() ? spec.help : spec.help + "; " + traits.details;
        out += fmt::format("| {} | {} | {} | {} | {} |\n", spec.name, cell(spec.default_value), cell(values(spec)),
                           traits.changes_results ? "yes" : "no", cell(meaning));
    }
    return out;
}

}  // namespace semscope::cli
