#pragma once

#include "semscope/base/error.hpp"
#include "semscope/base/key_values.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace semscope::app {

/// What the value of an option is.
enum class ValueKind {
    text,
    path,             ///< relative to the file that says so, or to the working directory on the command line
    data_path,        ///< relative to data.root
    choice,           ///< one of `choices`
    integer,          ///< within [least, most]
    integer_or_auto,  ///< as integer, or "auto"
    real,             ///< within [least, most]
    three_reals,      ///< three numbers between commas or blanks
    key_values,       ///< key=value,key=value
    sha256,           ///< 64 hexadecimal digits, or nothing
    flag              ///< true or false; `--name` alone means true
};

/// One option: the same name on the command line (`--data.root x`), in a configuration file (`[data] root = x`), in the
/// code and in the recorded configuration.
struct OptionSpec {
    std::string name;
    ValueKind kind = ValueKind::text;
    std::string default_value = {};
    std::string help = {};
    /// Of a choice: what it may be. Of a path: words that are no path and stay as they are.
    std::vector<std::string> choices = {};
    double least = 0;
    double most = 1e18;
    /// True when the value can change a number in the output: it then counts in configuration_digest.
    bool changes_results = false;
    bool required = false;
    /// True when the program has no use for it: a key of other programs in a configuration file that serves all of
    /// them. Its value is checked; it is neither shown in --help nor recorded.
    bool foreign = false;
};

/// What a command line asks for.
enum class Request { run, help, version };

/// The options of a program, their values and where these came from. Values are checked when they are read; all
/// problems are reported together.
class Options {
  public:
    /// `usage`: one line on what the program does. `positional`: name of the option that takes the arguments without a
    /// name, "" when the program takes none.
    Options(std::string program, std::string usage, std::string positional = "");

    void add(OptionSpec spec);
    void add(std::vector<OptionSpec> specs);

    /// Reads the command line and the files of its --config options; the command line wins, a later file wins over an
    /// earlier one. Throws UsageError or InputError that lists every unknown option or key and every bad value, with
    /// file and line.
    Request parse(int argc, const char* const* argv);

    /// Takes over what the configuration recorded in a result file says, `origin` being the name of that file. An
    /// option that was not given gets the recorded value; a recorded path below the recorded data.root becomes one
    /// below the present data.root, should the data have moved. Keys that this program has no use for are passed over.
    /// Throws InputError that lists every option that was given, changes results and differs from the record.
    void adopt(const std::string& recorded, const std::string& origin);

    /// Replaces the "auto" of an option by what it came to, which is recorded from here on. Throws LibraryError when
    /// the option does not allow the value.
    void settle(const std::string& name, std::int64_t value);

    /// Whether the command line or a file gave the option.
    bool given(const std::string& name) const;

    std::string text(const std::string& name) const;
    std::filesystem::path path(
        const std::string& name) const;  ///< resolved; empty when not given; a word of `choices` as it is
    std::int64_t integer(const std::string& name) const;
    std::optional<std::int64_t> integer_or_auto(const std::string& name) const;  ///< nothing = auto
    double real(const std::string& name) const;
    std::array<float, 3> three_reals(const std::string& name) const;
    KeyValues key_values(const std::string& name) const;
    bool flag(const std::string& name) const;
    /// Place of the value among the option's choices.
    std::size_t choice(const std::string& name) const;

    /// The whole resolved configuration in the form of a configuration file.
    std::string resolved() const;

    /// The lines of `resolved` that can change a number in the output.
    std::string resolved_results_only() const;

    /// Text for --help.
    std::string help() const;

  private:
    struct Value {
        std::string text;
        std::filesystem::path base;  ///< what a relative path is relative to
        std::string origin;          ///< "the command line", "file:line", "" for a default
    };

    const OptionSpec& spec(const std::string& name) const;
    std::vector<std::string> names() const;
    void read_file(const std::filesystem::path& file, Problems& problems);
    void check_values(Problems& problems) const;
    std::string resolved_if(bool results_only) const;

    std::string program_;
    std::string usage_;
    std::string positional_;
    std::vector<OptionSpec> specs_;
    std::map<std::string, Value> values_;
};

}  // namespace semscope::app
