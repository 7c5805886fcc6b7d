#include "semscope/cli/option.hpp"

#include "semscope/core/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <sstream>

namespace semscope::cli {

namespace {

template <class T>
std::optional<T> to_number(const std::string& text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string problem_with_range(const OptionSpec& spec, double value) {
    if (std::isfinite(value) && value >= spec.traits.minimum && value <= spec.traits.maximum) return "";
    return spec.traits.maximum < unbounded
               ? fmt::format("must lie between {} and {}", spec.traits.minimum, spec.traits.maximum)
               : fmt::format("must be at least {}", spec.traits.minimum);
}

std::string problem_with_integer(const OptionSpec& spec, const std::string& text) {
    const auto value = to_integer(text);
    if (!value) return "is not a whole number";
    return problem_with_range(spec, static_cast<double>(*value));
}

/// What keeps a value from being recorded in the form of a configuration file and read back as it is.
std::string problem_with_text(const std::string& text) {
    if (text.empty()) return "";
    if (std::string fault = problem_with_name(text); !fault.empty()) return fault;
    if (text.front() == ' ' || text.back() == ' ') return "begins or ends with a blank";
    if (text.front() == '#' || text.find(" #") != std::string::npos)
        return "holds a '#' that would begin a comment in a configuration file";
    return "";
}

bool is_sha256(const std::string& text) {
    constexpr std::size_t digits = 64;
    return text.size() == digits &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

}  // namespace

std::optional<std::int64_t> to_integer(const std::string& text) { return to_number<std::int64_t>(text); }
std::optional<double> to_real(const std::string& text) { return to_number<double>(text); }

std::optional<std::array<double, 3>> to_three_reals(const std::string& text) {
    std::string blanks = text;
    std::replace(blanks.begin(), blanks.end(), ',', ' ');
    std::istringstream words(blanks);
    std::array<double, 3> values{};
    std::string word;
    for (double& value : values) {
        const auto number = words >> word ? to_real(word) : std::nullopt;
        if (!number) return std::nullopt;
        value = *number;
    }
    return words >> word ? std::nullopt : std::optional(values);
}

std::optional<bool> to_flag(const std::string& text) {
    for (const char* yes : {"true", "yes", "on", "1"})
        if (text == yes) return true;
    for (const char* no : {"false", "no", "off", "0"})
        if (text == no) return false;
    return std::nullopt;
}

std::string problem_with_value(const OptionSpec& spec, const std::string& text) {
    if (std::string fault = problem_with_text(text); !fault.empty()) return fault;
    switch (spec.kind) {
        case ValueKind::integer:
            return problem_with_integer(spec, text);
        case ValueKind::integer_or_auto:
            return text == "auto" ? "" : problem_with_integer(spec, text);
        case ValueKind::real: {
            const auto value = to_real(text);
            return value ? problem_with_range(spec, *value) : "is not a number";
        }
        case ValueKind::three_reals: {
            const auto values = to_three_reals(text);
            if (!values) return "is not three numbers";
            for (const double value : *values)
                if (auto fault = problem_with_range(spec, value); !fault.empty()) return fault;
            return "";
        }
        case ValueKind::resize:
            return data::to_resize(text) ? "" : "is neither a side, 0 to 16384, nor WIDTHxHEIGHT as in 320x240";
        case ValueKind::key_values:
            return parse_key_values(text) ? "" : "is not of the form key=value,key=value with each key once";
        case ValueKind::sha256:
            return text.empty() || is_sha256(text) ? "" : "is not a SHA-256, 64 hexadecimal digits (see sha256sum)";
        case ValueKind::flag:
            return to_flag(text) ? "" : "is neither true nor false";
        case ValueKind::choice:
            if (std::find(spec.choices.begin(), spec.choices.end(), text) != spec.choices.end()) return "";
            return fmt::format("is not one of {}", fmt::join(spec.choices, ", "));
        case ValueKind::text:
        case ValueKind::path:
        case ValueKind::data_path:
            return spec.traits.required && text.empty() ? "must be given" : "";
    }
    return "";
}

bool same_value(const OptionSpec& spec, const std::string& a, const std::string& b) {
    switch (spec.kind) {
        case ValueKind::integer:
        case ValueKind::integer_or_auto:
            return to_integer(a) == to_integer(b);
        case ValueKind::real:
            return to_real(a) == to_real(b);
        case ValueKind::resize:
            return data::to_resize(a) == data::to_resize(b);
        case ValueKind::three_reals:
            return to_three_reals(a) == to_three_reals(b);
        case ValueKind::flag:
            return to_flag(a) == to_flag(b);
        default:
            return a == b;
    }
}

}  // namespace semscope::cli
