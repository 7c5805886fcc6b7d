#include "semscope/app/options.hpp"

#include "config_file.hpp"
#include "option_values.hpp"
#include "semscope/base/similar.hpp"
#include "semscope/base/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/program_options.hpp>

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>

namespace semscope::app {

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

Options::Options(std::string program, std::string usage, std::string positional)
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
        const std::string fault = judge_value(spec, value.text);
        if (fault.empty()) continue;
        if (value.origin.empty())
            problems.add(fmt::format("{} {}", spec.name, fault));
        else
            problems.add(fmt::format("{} = {} {} ({})", spec.name, quote(value.text), fault, value.origin));
    }
}

Request Options::parse(int argc, const char* const* argv) {
    Problems problems;
    po::variables_map given;
    const po::options_description description = describe("Options", specs_);
    po::positional_options_description positional;
    if (!positional_.empty()) positional.add(positional_.c_str(), 1);
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
        if (found == values_.end() || spec(setting.name).foreign) continue;
        const OptionSpec& known = spec(setting.name);
        Value& value = found->second;
        if (value.origin.empty()) {
            value = {setting.value, {}, origin};
            const auto inside = std::filesystem::path(setting.value).lexically_relative(root);
            if (known.kind == ValueKind::data_path && !inside.empty() && *inside.begin() != "..")
                value.text = inside.string();
        } else if (known.changes_results && !same_value(known, value.text, setting.value)) {
            problems.add(fmt::format("{} = {} ({}), but {} was made with {}", setting.name, value.text, value.origin,
                                     origin, setting.value));
        }
    }
    check_values(problems);
    problems.throw_if_any();
}

void Options::settle(const std::string& name, std::int64_t value) {
    const std::string text = std::to_string(value);
    if (const std::string fault = judge_value(spec(name), text); !fault.empty())
        throw LibraryError(fmt::format("{} = {} {}", name, text, fault));
    values_.at(name).text = text;
}

bool Options::given(const std::string& name) const { return !values_.at(spec(name).name).origin.empty(); }

std::string Options::text(const std::string& name) const {
    spec(name);
    return values_.at(name).text;
}

std::filesystem::path Options::path(const std::string& name) const {
    const Value& value = values_.at(spec(name).name);
    if (value.text.empty()) return {};
    const auto& words = spec(name).choices;
    if (std::find(words.begin(), words.end(), value.text) != words.end()) return value.text;
    const bool in_data = spec(name).kind == ValueKind::data_path;
    const std::filesystem::path base = value.base.empty() ? std::filesystem::current_path() : value.base;
    return ((in_data ? path("data.root") : base) / value.text).lexically_normal();
}

std::int64_t Options::integer(const std::string& name) const { return to_integer(text(name)).value(); }

std::optional<std::int64_t> Options::integer_or_auto(const std::string& name) const { return to_integer(text(name)); }

double Options::real(const std::string& name) const { return to_real(text(name)).value(); }

std::array<float, 3> Options::three_reals(const std::string& name) const {
    const auto values = to_three_reals(text(name)).value();
    return {static_cast<float>(values[0]), static_cast<float>(values[1]), static_cast<float>(values[2])};
}

KeyValues Options::key_values(const std::string& name) const { return parse_key_values(text(name)).value(); }

bool Options::flag(const std::string& name) const { return to_flag(text(name)).value(); }

std::size_t Options::choice(const std::string& name) const {
    const auto& choices = spec(name).choices;
    return static_cast<std::size_t>(std::find(choices.begin(), choices.end(), text(name)) - choices.begin());
}

std::string Options::resolved_if(bool results_only) const {
    std::string out;
    std::string section;
    for (const OptionSpec& spec : specs_) {
        if (spec.foreign || (results_only && !spec.changes_results)) continue;
        const std::size_t dot = spec.name.find('.');
        if (dot == std::string::npos) continue;  // a request such as --dry-run, not a setting
        if (spec.name.substr(0, dot) != section) {
            section = spec.name.substr(0, dot);
            out += fmt::format("[{}]\n", section);
        }
        const bool is_path = spec.kind == ValueKind::path || spec.kind == ValueKind::data_path;
        out +=
            fmt::format("{} = {}\n", spec.name.substr(dot + 1), is_path ? path(spec.name).string() : text(spec.name));
    }
    return out;
}

std::string Options::resolved() const { return resolved_if(false); }
std::string Options::resolved_results_only() const { return resolved_if(true); }

std::string Options::help() const {
    std::ostringstream out;
    std::vector<OptionSpec> own;
    std::copy_if(specs_.begin(), specs_.end(), std::back_inserter(own), [](const auto& spec) { return !spec.foreign; });
    out << fmt::format("{}: {}\n\n", program_, usage_) << describe("Options", own)
        << "\nIn a configuration file `[data]` and `root = x` stand for `--data.root x`.\n";
    return out.str();
}

}  // namespace semscope::app
