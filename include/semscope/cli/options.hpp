#pragma once

#include "semscope/cli/configuration.hpp"
#include "semscope/cli/option.hpp"
#include "semscope/core/errors.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace semscope::cli {

/// What a command line asks for.
enum class Request { run, help, version };

/// The options of a program, their values and where these came from. Values are checked when they are read, and all
/// problems are reported together; then the variables that the options are bound to are set. They must outlive this.
class Options {
  public:
    /// `usage`: one line on what the program does. `positional`: names of the options that take the arguments
    /// without a name, one each, in this order.
    Options(std::string program, std::string usage, std::vector<std::string> positional = {});

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

    /// Gives the option that is bound to `variable` a value that the program found, such as the number that an "auto"
    /// came to. It is recorded from here on. Throws LibraryError when no option is bound to the variable or the option
    /// does not allow the value.
    template <class T>
    void settle(const T& variable, const T& value) {
        settle_text(&variable, ValueType<T>::text(value));
    }

    /// Takes the options that are bound to these variables for the program's own, though the rest of their group is
    /// of other programs.
    template <class... T>
    void use(const T&... variables) {
        (own(&variables), ...);
    }

    /// The command line as it was parsed.
    const std::string& command_line() const noexcept { return command_line_; }

    /// The whole resolved configuration in the form of a configuration file.
    std::string resolved() const;

    /// The lines of `resolved` that can change a number in the output, without those that count only where they are not
    /// the default.
    std::string resolved_results_only() const;

    /// The options that can change a number and are not as in `recorded`, a configuration in the form of `resolved`.
    /// Where nothing is recorded of an option that counts only where it is not the default, the default was meant.
    std::vector<Difference> differences_from(const std::string& recorded) const;

    /// Text for --help.
    std::string help() const;

  private:
    struct Value {
        std::string text;
        std::filesystem::path base;  ///< what a relative path is relative to
        std::string origin;          ///< "the command line", "file:line", "" for a default
    };

    const OptionSpec& spec(const std::string& name) const;
    OptionSpec& bound_to(const void* variable);
    OptionSpec& own(const void* variable);
    void settle_text(const void* variable, const std::string& text);
    std::vector<std::string> names() const;
    std::filesystem::path resolved_path(const OptionSpec& spec) const;
    std::string resolved_text(const OptionSpec& spec) const;
    void assign_variables() const;
    void read_file(const std::filesystem::path& file, Problems& problems);
    void check_values(Problems& problems) const;
    template <class Wanted>
    std::string resolved_if(Wanted&& wanted) const;
    bool is_default(const OptionSpec& spec) const;

    std::string program_;
    std::string usage_;
    std::vector<std::string> positional_;
    std::string command_line_;
    std::vector<OptionSpec> specs_;
    std::map<std::string, Value> values_;
};

}  // namespace semscope::cli
