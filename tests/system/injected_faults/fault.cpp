#include "fault.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>

namespace semscope::injected_faults {

namespace fs = std::filesystem;

namespace {

constexpr int maximum_seconds = 30;

const char* name_of(FaultCall call) { return testing_support::fault_call_names.at(static_cast<std::size_t>(call)); }

int error_of(FaultCall call) {
    if (call == FaultCall::write) return ENOSPC;
    return call == FaultCall::thread ? EAGAIN : EIO;
}

std::string content_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string digest_of(const fs::path& path) {
    const Outcome outcome =
        testing_support::run_program({std::string(SEMSCOPE_BIN_DIR) + "/semscope-inspect", "--digest", path.string()});
    if (outcome.exit_code != 0) throw std::runtime_error(outcome.output);
    return outcome.output;
}

}  // namespace

std::string Fault::describe() const {
    constexpr const char* moments[] = {"first", "middle", "last"};
    return std::string(name_of(call)) + (rank ? " on rank " + std::to_string(*rank) : " on all ranks") + ", " +
           moments[static_cast<int>(moment)] + " call";
}

Place::Place(std::string program) : program_(std::move(program)) {
    if (!fs::exists(fs::path(SEMSCOPE_TEMPLATE_DIR) / "statistics.h5"))
        throw std::runtime_error("run the test make_sound_set first");
    fs::copy(SEMSCOPE_TEMPLATE_DIR, folder_.path() / "set", fs::copy_options::recursive);
}

std::vector<std::string> Place::command() const {
    const std::string set = (folder_.path() / "set").string();
    std::vector<std::string> words{std::string(SEMSCOPE_BIN_DIR) + "/semscope-" + program_};
    const auto add = [&](const std::vector<std::string>& more) { words.insert(words.end(), more.begin(), more.end()); };
    if (program_ == "occlude")
        add({"--data.root", set + "/data", "--model.path", set + "/model.ts", "--output.occlusion",
             set + "/out/occlusion.h5", "--preprocess.resize", "0", "--preprocess.crop", "24", "--run.batch", "4",
             "--run.checkpoint", "0", "--run.resume", "true"});
    else if (program_ == "segment")
        add({"--data.root", set + "/data", "--labels.root", set + "/out/labels", "--segment.model",
             set + "/segment.ts"});
    else if (program_ == "reduce")
        add({"--output.occlusion", set + "/occlusion.h5", "--output.statistics", set + "/out/statistics.h5",
             "--statistics.resamples", "20"});
    else
        add({"--output.occlusion", set + "/occlusion.h5", "--output.statistics", set + "/statistics.h5",
             "--output.figures", set + "/out/figures", "--data.root", set + "/data", "--figures.limit", "2"});
    add({"--run.stall", "12"});
    return words;
}

Outcome Place::run(const std::vector<std::string>& more, const std::vector<std::string>& environment) {
    for (int rank = 0; rank < ranks; ++rank) fs::remove(folder_.path() / ("report." + std::to_string(rank)));
    std::vector<std::string> words{"env", "LD_PRELOAD=" SEMSCOPE_FAULT_LIBRARY,
                                   "SEMSCOPE_FAULT_PATHS=" + (folder_.path() / "set").string() + "/*",
                                   "SEMSCOPE_FAULT_REPORT=" + (folder_.path() / "report").string()};
    words.insert(words.end(), environment.begin(), environment.end());
    const auto own = command();
    words.insert(words.end(), own.begin(), own.end());
    words.insert(words.end(), more.begin(), more.end());
    return testing_support::run_ranks(ranks, words, maximum_seconds);
}

void Place::run_quietly() {
    const Outcome outcome = run({}, {});
    if (outcome.exit_code != 0) throw std::runtime_error(outcome.output);
    quiet_ = content();
    quiet_reports_ = reports();
}

std::vector<FaultReport> Place::reports() const {
    std::vector<FaultReport> result;
    for (int rank = 0; rank < ranks; ++rank) {
        const std::string bytes = content_of(folder_.path() / ("report." + std::to_string(rank)));
        FaultReport report{};
        if (bytes.size() == sizeof report) std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(&report));
        result.push_back(report);
    }
    return result;
}

std::uint64_t Place::calls(const Fault& fault) const {
    const auto of = [&](int rank) {
        return quiet_reports_[static_cast<std::size_t>(rank)].calls.at(static_cast<std::size_t>(fault.call));
    };
    if (fault.rank) return of(*fault.rank);
    std::uint64_t fewest = std::numeric_limits<std::uint64_t>::max();
    for (int rank = 0; rank < ranks; ++rank)
        if (of(rank) > 0) fewest = std::min(fewest, of(rank));
    return fewest == std::numeric_limits<std::uint64_t>::max() ? 0 : fewest;
}

std::uint64_t Place::failed() const {
    std::uint64_t sum = 0;
    for (const FaultReport& report : reports()) sum += report.failed;
    return sum;
}

Outcome Place::run_with(const Fault& fault) {
    fs::remove_all(out());
    fs::create_directory(out());
    const std::uint64_t count = calls(fault);
    const std::uint64_t number = fault.moment == Moment::first    ? 1
                                 : fault.moment == Moment::middle ? (count + 1) / 2
                                                                  : count;
    std::vector<std::string> environment{std::string("SEMSCOPE_FAULT_CALL=") + name_of(fault.call),
                                         "SEMSCOPE_FAULT_FIRST=" + std::to_string(number),
                                         "SEMSCOPE_FAULT_ERROR=" + std::to_string(error_of(fault.call))};
    if (fault.rank) environment.push_back("SEMSCOPE_FAULT_RANK=" + std::to_string(*fault.rank));
    // A disk stays full and a server away; memory may be there again for the message.
    if (fault.call == FaultCall::memory) environment.emplace_back("SEMSCOPE_FAULT_TIMES=1");
    return run({}, environment);
}

Outcome Place::run_again() {
    const bool has_outputs = program_ == "reduce" || program_ == "sdm";
    return run(has_outputs ? std::vector<std::string>{"--output.overwrite", "true"} : std::vector<std::string>{}, {});
}

/// By name: the digest of a result file, the bytes of a picture or table that does not tell when it was made.
std::map<std::string, std::string> Place::content() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(out())) {
        const std::string name = entry.path().lexically_relative(out()).string();
        const std::string ending = entry.path().extension().string();
        if (ending == ".h5") files[name] = digest_of(entry.path());
        if (ending == ".png" || ending == ".csv") files[name] = content_of(entry.path());
    }
    return files;
}

std::vector<std::string> Place::leftovers(bool with_locks) const {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(out())) {
        const std::string name = entry.path().filename().string();
        const bool made_half = name.find(".creating.") != std::string::npos || name.ends_with(".tmp");
        if (made_half || (with_locks && name.find(".lock") != std::string::npos)) names.push_back(name);
    }
    return names;
}

}  // namespace semscope::injected_faults
