#pragma once

#include "semscope/core/enumeration.hpp"
#include "semscope/core/text.hpp"
#include "semscope/data/preprocess.hpp"

#include <fmt/format.h>

#include <array>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// The declaration of an option: a name, the variable that it sets, and what a user must know.
namespace semscope::cli {

/// What the value of an option is. It follows from the type of the variable, but for data_path and sha256.
enum class ValueKind {
    text,
    path,             ///< relative to the file that says so, or to the working directory on the command line
    data_path,        ///< relative to data.root
    choice,           ///< one of `choices`
    integer,          ///< within [minimum, maximum]
    integer_or_auto,  ///< as integer, or "auto"
    real,             ///< within [minimum, maximum]
    resize,           ///< a side or WIDTHxHEIGHT
    three_reals,      ///< three numbers between commas or blanks
    key_values,       ///< key=value,key=value
    sha256,           ///< 64 hexadecimal digits, or nothing
    flag              ///< true or false; `--name` alone means true
};

/// A bound that no value reaches.
inline constexpr double unbounded = 1e18;

/// What an option has besides name, variable and help; to be given by designated initialisers.
struct OptionTraits {
    std::optional<ValueKind> kind = std::nullopt;  ///< data_path or sha256; else the type of the variable says it
    double minimum = 0;
    double maximum = unbounded;
    std::string unit = {};  ///< of a number; for the documentation
    /// True when the value can change a number in the output: it then counts in configuration_digest.
    bool changes_results = false;
    /// Of an option that changes results: true when it counts only where its value is not the default. For options that
    /// earlier versions did not know and whose default is what those did, so that their files can still be resumed.
    bool counts_if_changed = false;
    bool required = false;
    std::vector<std::string> words = {};  ///< of a path: words that are no path and stay as they are
    std::string details = {};             ///< for the documentation, after the help: what --help has no room for
    bool* given = nullptr;                ///< a variable that gets whether the user gave the option
};

/// One option: the same name on the command line (`--data.root x`), in a configuration file (`[data] root = x`) and in
/// the recorded configuration. Made by option().
struct OptionSpec {
    std::string name;
    ValueKind kind = ValueKind::text;
    std::string default_value = {};
    std::string help = {};
    std::vector<std::string> choices = {};  ///< of a choice: what it may be; of a path: OptionTraits::words
    OptionTraits traits = {};
    /// True when the program has no use for it: a key of other programs in a configuration file that serves all of
    /// them. Its value is checked; it is neither shown in --help nor recorded.
    bool of_other_program = false;
    const void* variable = nullptr;
    /// Sets the variable to a value that was found to be right; a path is resolved.
    std::function<void(const std::string& text, bool given)> assign = {};
};

/// The value as a number of its kind; nothing when it is none. Local, pure.
std::optional<std::int64_t> to_integer(const std::string& text);
std::optional<double> to_real(const std::string& text);
std::optional<std::array<double, 3>> to_three_reals(const std::string& text);
std::optional<bool> to_flag(const std::string& text);

/// For each type of a variable: the kind of its options, and its values as texts and back.
template <class T>
struct ValueType;

template <>
struct ValueType<std::string> {
    static constexpr ValueKind kind = ValueKind::text;
    static std::string text(const std::string& value) { return value; }
    static std::string value(const std::string& text, bool /*given*/) { return text; }
};

template <>
struct ValueType<std::filesystem::path> {
    static constexpr ValueKind kind = ValueKind::path;
    static std::string text(const std::filesystem::path& value) { return value.string(); }
    static std::filesystem::path value(const std::string& text, bool /*given*/) { return text; }
};

/// Nothing unless the user gave the option.
template <>
struct ValueType<std::optional<std::filesystem::path>> {
    static constexpr ValueKind kind = ValueKind::path;
    static std::string text(const std::optional<std::filesystem::path>& /*value*/) { return ""; }
    static std::optional<std::filesystem::path> value(const std::string& text, bool given) {
        return given ? std::optional<std::filesystem::path>(text) : std::nullopt;
    }
};

template <>
struct ValueType<bool> {
    static constexpr ValueKind kind = ValueKind::flag;
    static std::string text(bool value) { return value ? "true" : "false"; }
    static bool value(const std::string& text, bool /*given*/) { return to_flag(text).value(); }
};

template <std::integral T>
struct ValueType<T> {
    static constexpr ValueKind kind = ValueKind::integer;
    static std::string text(T value) { return fmt::format("{}", value); }
    static T value(const std::string& text, bool /*given*/) { return static_cast<T>(to_integer(text).value()); }
};

/// Nothing stands for "auto".
template <std::integral T>
struct ValueType<std::optional<T>> {
    static constexpr ValueKind kind = ValueKind::integer_or_auto;
    static std::string text(const std::optional<T>& value) { return value ? fmt::format("{}", *value) : "auto"; }
    static std::optional<T> value(const std::string& text, bool /*given*/) {
        const auto number = to_integer(text);
        return number ? std::optional(static_cast<T>(*number)) : std::nullopt;
    }
};

template <std::floating_point T>
struct ValueType<T> {
    static constexpr ValueKind kind = ValueKind::real;
    static std::string text(T value) { return fmt::format("{}", value); }
    static T value(const std::string& text, bool /*given*/) { return static_cast<T>(to_real(text).value()); }
};

template <>
struct ValueType<std::array<float, 3>> {
    static constexpr ValueKind kind = ValueKind::three_reals;
    static std::string text(const std::array<float, 3>& value) {
        return fmt::format("{}, {}, {}", value[0], value[1], value[2]);
    }
    static std::array<float, 3> value(const std::string& text, bool /*given*/) {
        const auto numbers = to_three_reals(text).value();
        return {static_cast<float>(numbers[0]), static_cast<float>(numbers[1]), static_cast<float>(numbers[2])};
    }
};

template <>
struct ValueType<data::Resize> {
    static constexpr ValueKind kind = ValueKind::resize;
    static std::string text(const data::Resize& value) { return data::to_string(value); }
    static data::Resize value(const std::string& text, bool /*given*/) { return data::to_resize(text).value(); }
};

template <>
struct ValueType<KeyValues> {
    static constexpr ValueKind kind = ValueKind::key_values;
    static std::string text(const KeyValues& value) {
        std::string out;
        for (const auto& [key, text] : value) out += fmt::format("{}{}={}", out.empty() ? "" : ",", key, text);
        return out;
    }
    static KeyValues value(const std::string& text, bool /*given*/) { return parse_key_values(text).value(); }
};

template <NamedEnumeration T>
struct ValueType<T> {
    static constexpr ValueKind kind = ValueKind::choice;
    static std::string text(T value) { return std::string(name_of(value)); }
    static T value(const std::string& text, bool /*given*/) { return value_of<T>(text).value(); }
};

/// Declares the option `name` that sets `variable`, which must outlive the options. Its present value is the default.
template <class T>
OptionSpec option(std::string name, T& variable, std::string help, OptionTraits traits = {}) {
    using Type = ValueType<T>;
    OptionSpec spec;
    spec.name = std::move(name);
    spec.kind = traits.kind.value_or(Type::kind);
    spec.default_value = Type::text(variable);
    spec.help = std::move(help);
    spec.choices = traits.words;
    if constexpr (NamedEnumeration<T>)
        for (const auto& each : value_names(variable)) spec.choices.emplace_back(each.name);
    spec.variable = &variable;
    spec.assign = [&variable, given = traits.given](const std::string& text, bool is_given) {
        variable = Type::value(text, is_given);
        if (given != nullptr) *given = is_given;
    };
    spec.traits = std::move(traits);
    return spec;
}

/// What is wrong with a value for an option: "" when nothing is.
std::string problem_with_value(const OptionSpec& spec, const std::string& text);

/// Whether two texts are the same value of an option, such as "0.5" and "0.50" of a number.
bool same_value(const OptionSpec& spec, const std::string& a, const std::string& b);

}  // namespace semscope::cli
