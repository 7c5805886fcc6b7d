// semscope-make-demo: draws a small data set with known truths and trains its network.
#include "semscope/core/errors.hpp"
#include "semscope/demo/command_line.hpp"
#include "semscope/demo/dataset.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>

namespace {

using semscope::ExitCode;

ExitCode run(int argc, char** argv) {
    const std::optional<semscope::demo::DatasetOptions> dataset = semscope::demo::parse_command_line(argc, argv);
    if (!dataset) return ExitCode::done;
    const auto start = std::chrono::steady_clock::now();
    const auto progress = [&](const std::string& line) {
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        fmt::print(stderr, "[{:5.1f} s] {}\n", elapsed.count(), line);
    };
    const auto report = semscope::demo::write_dataset(*dataset, progress);
    fmt::print("held-out accuracy {:.1f} %, validation accuracy {:.1f} %\nwritten: {}\n",
               100.0 * report.held_out_accuracy, 100.0 * report.validation_accuracy,
               (dataset->out / "demo.cfg").string());
    return ExitCode::done;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return static_cast<int>(run(argc, argv));
    } catch (const semscope::Error& error) {
        fmt::print(stderr, "semscope-make-demo: {}\n", error.what());
        return static_cast<int>(error.exit_code());
    } catch (const std::exception& error) {
        fmt::print(stderr, "semscope-make-demo: {}\n", error.what());
        return static_cast<int>(ExitCode::failed);
    }
}
