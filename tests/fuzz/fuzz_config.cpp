// Configuration files and command lines. The input is a configuration file; what follows a line "%%" is a command line,
// one argument a line.
#include "harness.hpp"
#include "semscope/app/options.hpp"
#include "semscope/app/vocabulary.hpp"

#include <vector>

namespace semscope {
namespace {

using fuzz::expect_success_or_typed_error;

app::Options declare() {
    app::Options options("semscope-fuzz", "is fed anything", "file");
    options.add({.name = "file", .kind = app::ValueKind::path, .help = "a file"});
    options.add({.name = "check", .kind = app::ValueKind::flag, .default_value = "false", .help = "a request"});
    options.add(app::vocabulary({app::data_options, app::label_options, app::preprocess_options, app::model_options,
                                 app::occlusion_options, app::run_options, app::statistics_options,
                                 app::segment_options, app::figure_options, app::output_options}));
    return options;
}

std::vector<app::OptionSpec> all_specs() {
    return app::vocabulary({app::data_options, app::label_options, app::preprocess_options, app::model_options,
                            app::occlusion_options, app::run_options, app::statistics_options, app::segment_options,
                            app::figure_options, app::output_options});
}

/// Asks for each value as the programs do; all were checked, so that none may be refused now.
void read_all(const app::Options& options) {
    static const std::vector<app::OptionSpec> specs = all_specs();
    for (const app::OptionSpec& spec : specs) {
        switch (spec.kind) {
            case app::ValueKind::text:
                (void)options.text(spec.name);
                break;
            case app::ValueKind::path:
            case app::ValueKind::data_path:
                (void)options.path(spec.name);
                break;
            case app::ValueKind::choice:
                fuzz::require(options.choice(spec.name) < spec.choices.size(), "a choice that is none");
                break;
            case app::ValueKind::integer:
                (void)options.integer(spec.name);
                break;
            case app::ValueKind::integer_or_auto:
                (void)options.integer_or_auto(spec.name);
                break;
            case app::ValueKind::real:
                (void)options.real(spec.name);
                break;
            case app::ValueKind::three_reals:
                (void)options.three_reals(spec.name);
                break;
            case app::ValueKind::key_values:
                (void)options.key_values(spec.name);
                break;
            case app::ValueKind::flag:
                (void)options.flag(spec.name);
                break;
        }
    }
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        // A command line cannot hold a NUL.
        lines.emplace_back(text.substr(0, end).substr(0, text.substr(0, end).find('\0')));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return lines;
}

void run(std::string_view input) {
    static const fuzz::ScratchFile file("fuzz.cfg");
    const std::size_t separator = input.find("\n%%\n");
    file.write(input.substr(0, separator));
    std::vector<std::string> words{"semscope-fuzz", "--config", file.path().string()};
    if (separator != std::string_view::npos)
        for (std::string& word : lines_of(input.substr(separator + 4))) words.push_back(std::move(word));
    std::vector<const char*> arguments;
    for (const std::string& word : words) arguments.push_back(word.c_str());

    app::Options options = declare();
    auto request = app::Request::help;
    const bool read = expect_success_or_typed_error(
        [&] { request = options.parse(static_cast<int>(arguments.size()), arguments.data()); });
    if (!read || request != app::Request::run) return;
    std::string resolved;
    fuzz::require(expect_success_or_typed_error([&] {
                      read_all(options);
                      resolved = options.resolved() + options.resolved_results_only();
                  }),
                  "values that were checked are refused");
    // What a result file recorded is read back by another program.
    app::Options reader = declare();
    expect_success_or_typed_error([&] {
        reader.adopt(resolved, "recorded.h5");
        read_all(reader);
    });
    // A recorded configuration may be anything, too.
    app::Options other = declare();
    expect_success_or_typed_error([&] {
        other.adopt(std::string(input), "hostile.h5");
        read_all(other);
    });
}

}  // namespace
}  // namespace semscope

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    semscope::run(semscope::fuzz::as_text(data, size));
    return 0;
}
