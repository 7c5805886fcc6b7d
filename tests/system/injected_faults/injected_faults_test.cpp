// Whichever call of the system fails, on whichever rank and whenever: the job ends soon, with the right code, blames
// the rank that it happened on, leaves nothing half made, and the same command makes the right result afterwards.
#include "fault.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

namespace semscope::injected_faults {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// The part of the table that every run of the tests does: each kind of call once, on different ranks and moments.
std::vector<Fault> quick_faults(const std::string& program) {
    using enum FaultCall;
    if (program == "occlude")
        return {{write, 1, Moment::middle},
                {open, 1, Moment::last},
                {stat, {}, Moment::middle},
                {memory, 1, Moment::middle}};
    if (program == "segment") return {{rename, 0, Moment::last}, {read, 2, Moment::middle}, {sync, {}, Moment::middle}};
    if (program == "reduce")
        return {
            {write, 2, Moment::last}, {sync, 0, Moment::middle}, {memory, 0, Moment::middle}, {stat, {}, Moment::last}};
    return {{write, 2, Moment::first}, {read, 1, Moment::last}, {thread, 1, Moment::first}};
}

std::vector<Fault> all_faults() {
    std::vector<Fault> faults;
    for (std::size_t call = 0; call < testing_support::fault_call_names.size(); ++call)
        for (const auto rank : {std::optional(0), std::optional(1), std::optional<int>()})
            for (const Moment moment : {Moment::first, Moment::middle, Moment::last})
                faults.push_back({static_cast<FaultCall>(call), rank, moment});
    return faults;
}

void expect_right_code(const Fault& fault, const Outcome& outcome, bool result_is_right) {
    switch (fault.call) {
        case FaultCall::open:
        case FaultCall::read:
        case FaultCall::stat:  // of input that was never read, it is bad input; of something that is not needed,
                               // nothing
            EXPECT_THAT(outcome.exit_code, AnyOf(0, 1, 2));
            break;
        case FaultCall::thread:  // fewer may do
            EXPECT_THAT(outcome.exit_code, AnyOf(0, 1));
            break;
        default:
            EXPECT_EQ(outcome.exit_code, 1);
    }
    EXPECT_TRUE(outcome.exit_code != 0 || result_is_right) << "code 0 with another result";
}

void expect_right_blame(const Fault& fault, const Outcome& outcome) {
    const auto blamed = [&](int rank) { return HasSubstr("rank " + std::to_string(rank) + " on "); };
    if (!fault.rank || outcome.exit_code == 0) return;
    // An open that fails inside MPI_File_open keeps all ranks in it, each in another wait (OMPIO 4.1); a read of
    // metadata that fails can leave ranks in different calls of HDF5. The watchdog ends that, and cannot tell who began
    // it.
    const bool within = fault.call == FaultCall::open || fault.call == FaultCall::read;
    if (within && outcome.output.find("run.stall") != std::string::npos) {
        EXPECT_THAT(outcome.output, blamed(*fault.rank)) << "the rank is among those that are named";
        return;
    }
    EXPECT_THAT(outcome.output, HasSubstr("error: ")) << "no message";
    if (outcome.exit_code == 1) {
        EXPECT_THAT(outcome.output, blamed(*fault.rank));
    }
    for (int rank = 0; rank < ranks; ++rank) {
        if (rank != *fault.rank) {
            EXPECT_THAT(outcome.output, Not(blamed(rank)));
        }
    }
}

void expect_in_order(const Outcome& outcome) {
    for (const char* noise : {"terminate called", "Segmentation fault", "*** Process", "HDF5-DIAG", "on signal "})
        EXPECT_THAT(outcome.output, Not(HasSubstr(noise)));
}

std::size_t findings() {
    const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
    return static_cast<std::size_t>(test->result()->total_part_count());
}

class InjectedFaults : public testing::TestWithParam<const char*> {
  protected:
    static void check(Place& place, const Fault& fault) {
        SCOPED_TRACE(fault.describe());
        const Outcome outcome = place.run_with(fault);
        const std::size_t before = findings();
        const bool hit = place.failed() > 0;
        // The number of calls varies a little, so that the last one of the quiet run does not always come.
        EXPECT_TRUE(hit || fault.moment == Moment::last) << "no call failed";
        if (hit) expect_right_code(fault, outcome, outcome.exit_code == 0 && place.as_in_quiet_run());
        expect_right_blame(fault, outcome);
        expect_in_order(outcome);
        // A job that one rank has to abort leaves behind what another was making, until the next run. Where mpirun is
        // cut off with it, its message on that is not whole.
        const bool aborted = outcome.output.find("MPI_ABORT") != std::string::npos ||
                             outcome.output.find("show_help.c") != std::string::npos;
        if (!aborted) {
            EXPECT_THAT(place.leftovers(false), IsEmpty());
        }
        std::printf("%s: %s: code %d\n", GetParam(), fault.describe().c_str(), outcome.exit_code);
        if (findings() > before) std::printf("%s\n", outcome.output.c_str());

        const Outcome again = place.run_again();
        EXPECT_EQ(again.exit_code, 0) << again.output;
        EXPECT_TRUE(place.as_in_quiet_run()) << "another result";
        EXPECT_THAT(place.leftovers(true), IsEmpty());
        (void)std::fflush(stdout);
    }
};

TEST_P(InjectedFaults, EndInOrderAndTheNextRunIsRight) {
    const bool all = std::getenv("SEMSCOPE_ALL_FAULTS") != nullptr;
    Place place(GetParam());
    place.run_quietly();
    int cases = 0;
    for (const Fault& fault : all ? all_faults() : quick_faults(GetParam())) {
        const bool occurs = place.calls(fault) > 0;
        EXPECT_TRUE(occurs || all) << "there is no such call: " << fault.describe();
        if (!occurs) continue;
        check(place, fault);
        ++cases;
    }
    std::printf("%s: %d cases\n", GetParam(), cases);
}

INSTANTIATE_TEST_SUITE_P(Program, InjectedFaults, testing::Values("occlude", "reduce", "segment", "sdm"),
                         [](const auto& each) { return std::string(each.param); });

}  // namespace
}  // namespace semscope::injected_faults
