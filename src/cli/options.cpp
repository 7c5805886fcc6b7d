#include "semscope/cli/options.hpp"

#include "semscope/cli/configuration.hpp"
#include "semscope/cli/option.hpp"
#include "semscope/core/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/program_options.hpp>

#include <algorithm>
#include <iterator>
#include <set>
#include <span>
#include <sstream>

namespace semscope::cli {

namespace po = boost::program_options;

namespace {

const std::string command_line_origin = "the command line";

po::options_description describe(const std::string& caption, const std::vector<OptionSpec>& specs) {
    constexpr unsigned line_length = 110;
    po::options_description description(caption, line_length);
    description.add_options()("help,h", "print this text and end")("version", "print versions and end")(
        "config,c", po::value<std::vector<std::string>>()->value_name("FILE"),
        "configuration file; may be given several times, the command line wins");
    for (const OptionSpec& spec : specs) {
        auto* value = po::value<std::string>()->value_name(
            spec.kind == ValueKind::choice ? fmt::format("{}", fmt::join(spec.choices, "|")) : "arg");
        if (spec.kind == ValueKind::flag) value->implicit_value("true");
        // A request such as --check takes no value: what follows it is an argument of its own.
        if (spec.kind == ValueKind::flag && spec.name.find('.') == std::string::npos) value->zero_tokens();
        const std::string shown =
            spec.default_value.empty() ? spec.help : fmt::format("{} [{}]", spec.help, spec.default_value);
        description.add_options()(spec.name.c_str(), value, shown.c_str());
    }
    return description;
}

std::string describe_unknown(const std::string& word, const std::vector<std::string>& known) {
    if (!word.starts_with('-')) return fmt::format("unexpected argument {} (see --help)", word);
    const std::size_t begin = std::min(word.find_first_not_of('-'), word.size());
    const std::string name = word.substr(begin, word.find('=') - begin);
    return fmt::format("unknown option {} (see --help){}", word, name.empty() ? "" : suggest(name, known));
}

/// Of an option that is given several times the last one counts, so that a script can add to the command it was given.
void keep_last_of_each(po::parsed_options& parsed) {
    std::set<std::string> seen;
    std::vector<po::option> kept;
    for (auto option = parsed.options.rbegin(); option != parsed.options.rend(); ++option)
        if (option->string_key == "config" || option->unregistered || seen.insert(option->string_key).second)
            kept.push_back(*option);
    parsed.options.assign(kept.rbegin(), kept.rend());
}

}  // namespace

Options::Options(std::string program, std::string usage, std::vector<std::string> positional)
    : program_(std::move(program)), usage_(std::move(usage)), positional_(std::move(positional)) {}

void Options::add(OptionSpec spec) {
    values_[spec.name] = {spec.default_value, {}, ""};
    specs_.push_back(std::move(spec));
}

void Options::add(std::vector<OptionSpec> specs) {
    for (OptionSpec& spec : specs) add(std::move(spec));
}

const OptionSpec& Options::spec(const std::string& name) const {
    const auto found = std::find_if(specs_.begin(), specs_.end(), [&](const auto& spec) { return spec.name == name; });
    if (found == specs_.end()) throw LibraryError("option " + name + " is not declared");
    return *found;
}

std::vector<std::string> Options::names() const {
    std::vector<std::string> all;
    for (const OptionSpec& spec : specs_) all.push_back(spec.name);
    return all;
}

void Options::read_file(const std::filesystem::path& file, Problems& problems) {
    const auto settings = read_config_file(file, problems);
    const std::filesystem::path base = std::filesystem::absolute(file).parent_path();
    std::map<std::string, std::size_t> lines;
    for (const Setting& setting : settings) {
        const std::string place = fmt::format("{}:{}", file.string(), setting.line);
        // Of two values in one file one is a mistake; which of them, only the user knows.
        if (const auto [first, is_new] = lines.emplace(setting.name, setting.line); !is_new)
            problems.add(fmt::format("{}: {} stands already in line {}", place, setting.name, first->second));
        if (const auto found = values_.find(setting.name); found != values_.end())
            found->second = {setting.value, base, place};
        else
            problems.add(
                fmt::format("{}: unknown key {}{}", place, printable(setting.name), suggest(setting.name, names())));
    }
}

void Options::check_values(Problems& problems) const {
    for (const OptionSpec& spec : specs_) {
        const Value& value = values_.at(spec.name);
        const std::string fault = problem_with_value(spec, value.text);
        if (fault.empty()) continue;
        if (value.origin.empty())
            problems.add(fmt::format("{} {}", spec.name, fault));
        else
            problems.add(fmt::format("{} = {} {} ({})", spec.name, quote(value.text), fault, value.origin));
    }
}

Request Options::parse(int argc, const char* const* argv) {
    command_line_ = fmt::format("{}", fmt::join(std::span(argv, static_cast<std::size_t>(argc)), " "));
    Problems problems;
    po::variables_map given;
    const po::options_description description = describe("Options", specs_);
    po::positional_options_description positional;
    for (const std::string& name : positional_) positional.add(name.c_str(), 1);
    try {
        // No guessing of abbreviated names: an option that is added later must not change what a script means.
        constexpr int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
        auto parser = po::command_line_parser(argc, argv).options(description).style(style).allow_unregistered();
        if (!positional_.empty()) parser.positional(positional);
        po::parsed_options parsed = parser.run();
        for (const std::string& unknown : po::collect_unrecognized(
                 parsed.options, positional_.empty() ? po::include_positional : po::exclude_positional))
            problems.add(describe_unknown(unknown, names()));
        keep_last_of_each(parsed);
        po::store(parsed, given);
    } catch (const po::error& error) {
        throw UsageError(fmt::format("{} (see --help)", error.what()));
    }
    if (given.count("help") > 0) return Request::help;
    if (given.count("version") > 0) return Request::version;

    if (given.count("config") > 0)
        for (const auto& file : given["config"].as<std::vector<std::string>>())
            problems.collect([&] { read_file(file, problems); });
    for (auto& [name, value] : values_)
        if (given.count(name) > 0)
            value = {given[name].as<std::string>(), std::filesystem::current_path(), command_line_origin};
    check_values(problems);
    problems.throw_if_any();
    assign_variables();
    return Request::run;
}

void Options::adopt(const std::string& recorded, const std::string& origin) {
    Problems problems;
    std::istringstream stream(recorded);
    const auto settings = parse_config(stream, origin, problems);
    std::filesystem::path root;
    for (const Setting& setting : settings)
        if (setting.name == "data.root") root = setting.value;
    for (const Setting& setting : settings) {
        const auto found = values_.find(setting.name);
        if (found == values_.end() || spec(setting.name).of_other_program) continue;
        const OptionSpec& known = spec(setting.name);
        Value& value = found->second;
        if (value.origin.empty()) {
            value = {setting.value, {}, origin};
            const auto inside = std::filesystem::path(setting.value).lexically_relative(root);
            if (known.kind == ValueKind::data_path && !inside.empty() && *inside.begin() != "..")
                value.text = inside.string();
        } else if (known.traits.changes_results && !same_value(known, value.text, setting.value)) {
            problems.add(fmt::format("{} = {} ({}), but {} was made with {}", setting.name, value.text, value.origin,
                                     origin, setting.value));
        }
    }
    check_values(problems);
    problems.throw_if_any();
    assign_variables();
}

OptionSpec& Options::bound_to(const void* variable) {
    const auto found =
        std::find_if(specs_.begin(), specs_.end(), [&](const auto& spec) { return spec.variable == variable; });
    if (variable == nullptr || found == specs_.end()) throw LibraryError("no option is bound to the variable");
    return *found;
}

OptionSpec& Options::own(const void* variable) {
    OptionSpec& spec = bound_to(variable);
    spec.of_other_program = false;
    return spec;
}

void Options::settle_text(const void* variable, const std::string& text) {
    const OptionSpec& spec = bound_to(variable);
    if (const std::string fault = problem_with_value(spec, text); !fault.empty())
        throw LibraryError(fmt::format("{} = {} {}", spec.name, text, fault));
    Value& value = values_.at(spec.name);
    value.text = text;
    spec.assign(resolved_text(spec), !value.origin.empty());
}

std::filesystem::path Options::resolved_path(const OptionSpec& spec) const {
    const Value& value = values_.at(spec.name);
    if (value.text.empty()) return {};
    if (std::find(spec.choices.begin(), spec.choices.end(), value.text) != spec.choices.end()) return value.text;
    if (spec.kind == ValueKind::data_path)
        return (resolved_path(this->spec("data.root")) / value.text).lexically_normal();
    const std::filesystem::path base = value.base.empty() ? std::filesystem::current_path() : value.base;
    return (base / value.text).lexically_normal();
}

std::string Options::resolved_text(const OptionSpec& spec) const {
    const bool is_path = spec.kind == ValueKind::path || spec.kind == ValueKind::data_path;
    return is_path ? resolved_path(spec).string() : values_.at(spec.name).text;
}

void Options::assign_variables() const {
    for (const OptionSpec& spec : specs_)
        if (spec.assign) spec.assign(resolved_text(spec), !values_.at(spec.name).origin.empty());
}

bool Options::is_default(const OptionSpec& spec) const {
    return same_value(spec, values_.at(spec.name).text, spec.default_value);
}

template <class Wanted>
std::string Options::resolved_if(Wanted&& wanted) const {
    std::string out;
    std::string section;
    for (const OptionSpec& spec : specs_) {
        if (spec.of_other_program || !wanted(spec)) continue;
        const std::size_t dot = spec.name.find('.');
        if (dot == std::string::npos) continue;  // a request such as --dry-run, not a setting
        if (spec.name.substr(0, dot) != section) {
            section = spec.name.substr(0, dot);
            out += fmt::format("[{}]\n", section);
        }
        out += fmt::format("{} = {}\n", spec.name.substr(dot + 1), resolved_text(spec));
    }
    return out;
}

std::string Options::resolved() const {
    return resolved_if([](const OptionSpec& /*spec*/) { return true; });
}

std::string Options::resolved_results_only() const {
    return resolved_if([&](const OptionSpec& spec) {
        return spec.traits.changes_results && !(spec.traits.counts_if_changed && is_default(spec));
    });
}

std::vector<Difference> Options::differences_from(const std::string& recorded) const {
    auto found = differences(recorded, resolved_if([](const OptionSpec& spec) { return spec.traits.changes_results; }));
    std::erase_if(found, [&](const Difference& difference) {
        const OptionSpec& known = spec(difference.name);
        return difference.then == not_recorded && known.traits.counts_if_changed && is_default(known);
    });
    return found;
}

std::string Options::help() const {
    std::ostringstream out;
    std::vector<OptionSpec> own;
    std::copy_if(specs_.begin(), specs_.end(), std::back_inserter(own),
                 [](const auto& spec) { return !spec.of_other_program; });
    out << fmt::format("{}: {}\n\n", program_, usage_) << describe("Options", own)
        << "\nIn a configuration file `[data]` and `root = x` stand for `--data.root x`.\n";
    return out.str();
}

}  // namespace semscope::cli
