#pragma once

#include "support/fault_report.hpp"
#include "support/program.hpp"
#include "support/temporary_folder.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// Faults of the system as a table: a case says which call fails, on which ranks and when; the rules that every end
/// must keep stand in injected_faults_test.cpp.
namespace semscope::injected_faults {

using testing_support::FaultCall;
using testing_support::FaultReport;
using testing_support::Outcome;

constexpr int ranks = 3;

/// Which of the calls of a quiet run fails, and all that follow.
enum class Moment { first, middle, last };

struct Fault {
    FaultCall call = FaultCall::write;
    std::optional<int> rank;  ///< none: all
    Moment moment = Moment::first;

    /// "write on rank 1, middle call".
    std::string describe() const;
};

/// A copy of the sound data set for the runs of one program on three ranks, one after the other.
class Place {
  public:
    /// `program`: occlude, reduce, segment or sdm.
    explicit Place(std::string program);

    /// Runs the program as it is, counting its calls; what it makes is the result to compare with.
    void run_quietly();

    /// Calls of this kind in the quiet run: of a rank, or of the rank with the fewest that has any.
    std::uint64_t calls(const Fault& fault) const;

    /// Removes all outputs, then runs the program with the fault.
    Outcome run_with(const Fault& fault);

    /// Runs the program again on what is there.
    Outcome run_again();

    /// How many calls failed in the last run, on all ranks.
    std::uint64_t failed() const;

    /// Whether the outputs are those of the quiet run.
    bool as_in_quiet_run() const { return content() == quiet_; }

    /// Files among the outputs that a program makes for its own use.
    std::vector<std::string> leftovers(bool with_locks) const;

  private:
    std::filesystem::path out() const { return folder_.path() / "set/out"; }
    std::vector<std::string> command() const;
    Outcome run(const std::vector<std::string>& more, const std::vector<std::string>& environment);
    std::vector<FaultReport> reports() const;
    std::map<std::string, std::string> content() const;

    testing_support::TemporaryFolder folder_;
    std::string program_;
    std::map<std::string, std::string> quiet_;
    std::vector<FaultReport> quiet_reports_;
};

}  // namespace semscope::injected_faults
