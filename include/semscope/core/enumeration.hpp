#pragma once

#include <optional>
#include <string_view>
#include <type_traits>

/// Enumerations whose values have names in configurations and messages. Such an enumeration has a function
/// `value_names`, beside it in its namespace, that lists each value with its name. Neither the numbers nor the order of
/// the enumerators count.
namespace semscope {

template <class Enum>
struct ValueName {
    Enum value;
    std::string_view name;
};

template <class T>
concept NamedEnumeration = std::is_enum_v<T> && requires(T value) {
    value_names(value);
};

/// The name of a value.
template <NamedEnumeration Enum>
constexpr std::string_view name_of(Enum value) {
    for (const auto& each : value_names(value))
        if (each.value == value) return each.name;
    return "";
}

/// The value of a name; nothing when there is none.
template <NamedEnumeration Enum>
constexpr std::optional<Enum> value_of(std::string_view name) {
    for (const auto& each : value_names(Enum{}))
        if (each.name == name) return each.value;
    return std::nullopt;
}

}  // namespace semscope
