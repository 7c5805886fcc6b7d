// Configuration files and command lines. The input is a configuration file; what follows a line "%%" is a command line,
// one argument a line.
#include "harness.hpp"
#include "semscope/cli/options.hpp"
#include "semscope/cli/vocabulary.hpp"

#include <vector>

namespace semscope {
namespace {

using fuzz::expect_success_or_typed_error;

/// A program that uses every option.
struct Program {
    Program() {
        using cli::Group;
        options.add(cli::option("file", file, "a file"));
        options.add(cli::option("check", check, "a request"));
        options.add(
            cli::vocabulary(settings, {Group::data, Group::labels, Group::preprocess, Group::model, Group::occlusion,
                                       Group::run, Group::statistics, Group::segment, Group::figures, Group::output}));
    }
    std::filesystem::path file;
    bool check = false;
    cli::Settings settings;
    cli::Options options{"semscope-fuzz", "is fed anything", {"file"}};
};

/// What the declarations promise of every value that is accepted.
void require_ranges(const cli::Settings& settings) {
    fuzz::require(!name_of(settings.occlusion.fill).empty() && !name_of(settings.labels.coding.channel).empty() &&
                      !name_of(settings.segment.layout).empty(),
                  "a choice that is none");
    fuzz::require(settings.run.batch.value_or(1) >= 1 && settings.run.batch.value_or(1) <= 65536, "a bad batch");
    fuzz::require(settings.preprocess.geometry.crop >= 1 && settings.preprocess.geometry.crop <= 16384, "a bad crop");
    fuzz::require(settings.statistics.relevant >= 0 && settings.statistics.relevant <= 1, "a bad threshold");
    fuzz::require(settings.segment.batch >= 1 && settings.segment.batch <= 1024, "a bad batch of photos");
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

    Program program;
    auto request = cli::Request::help;
    const bool read = expect_success_or_typed_error(
        [&] { request = program.options.parse(static_cast<int>(arguments.size()), arguments.data()); });
    if (!read || request != cli::Request::run) return;
    require_ranges(program.settings);
    const std::string resolved = program.options.resolved() + program.options.resolved_results_only();
    // What a result file recorded is read back by another program.
    Program reader;
    expect_success_or_typed_error([&] { reader.options.adopt(resolved, "recorded.h5"); });
    require_ranges(reader.settings);
    // A recorded configuration may be anything, too.
    Program other;
    expect_success_or_typed_error([&] { other.options.adopt(std::string(input), "hostile.h5"); });
    require_ranges(other.settings);
}

}  // namespace
}  // namespace semscope

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    semscope::run(semscope::fuzz::as_text(data, size));
    return 0;
}
