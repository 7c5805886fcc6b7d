#include "semscope/comm/agreement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace semscope::comm {
namespace {

using testing::HasSubstr;

TEST(Agree, ReturnsTheResultWhenNoRankFails) {
    const auto world = Communicator::world();
    EXPECT_EQ(agree(world, [&] { return world.rank() * 2; }), world.rank() * 2);
}

TEST(Agree, AnErrorOnTheLastRankEndsEveryRankWithItsCodeAndPlace) {
    const auto world = Communicator::world();
    const int last = world.size() - 1;
    try {
        agree(world, [&] {
            if (world.rank() == last) throw InputError("bad label map");
        });
        FAIL() << "no error";
    } catch (const AgreedError& error) {
        EXPECT_EQ(error.exit_code(), ExitCode::bad_input);
        EXPECT_THAT(error.what(), HasSubstr("bad label map"));
        const std::string place = world.size() > 1 ? "rank " + std::to_string(last) + " on " : "";
        EXPECT_THAT(error.what(), HasSubstr(place));
    }
}

TEST(Agree, TheGravestErrorDecidesTheCode) {
    const auto world = Communicator::world();
    try {
        agree(world, [&] {
            if (world.is_root()) throw IoError("disk full");
            throw InputError("bad label map");
        });
        FAIL() << "no error";
    } catch (const AgreedError& error) {
        EXPECT_EQ(error.exit_code(), ExitCode::failed);
        EXPECT_THAT(error.what(), HasSubstr("disk full"));
    }
}

TEST(Agree, TheSameErrorOnAllRanksIsSaidOnce) {
    const auto world = Communicator::world();
    try {
        agree(world, [] { throw UsageError("unknown option"); });
        FAIL() << "no error";
    } catch (const AgreedError& error) {
        EXPECT_STREQ(error.what(), "unknown option");
    }
}

/// What unwinding_alone says when this is destroyed.
class Witness {
  public:
    explicit Witness(bool& alone) : alone_(alone) {}
    ~Witness() { alone_ = unwinding_alone(); }

  private:
    bool& alone_;
};

template <class Thrown>
bool alone_while(const Thrown& error) {
    bool alone = false;
    try {
        const Witness witness(alone);
        throw error;
    } catch (const Error&) {
    }
    return alone;
}

TEST(UnwindingAlone, IsWhatAnErrorDoesThatTheOtherRanksDoNotKnowOf) {
    bool alone = true;
    { const Witness witness(alone); }
    EXPECT_FALSE(alone) << "nothing unwinds";
    EXPECT_TRUE(alone_while(IoError("disk full")));
    EXPECT_FALSE(alone_while(AgreedError(ExitCode::failed, "disk full")));
    EXPECT_TRUE(alone_while(IoError("disk full"))) << "after an agreed error";
}

TEST(AgreeOnProblems, JoinsTheListsOfAllRanks) {
    const auto world = Communicator::world();
    Problems problems;
    EXPECT_NO_THROW(agree_on_problems(world, problems));
    problems.add("photo of rank " + std::to_string(world.rank()));
    try {
        agree_on_problems(world, problems);
        FAIL() << "no error";
    } catch (const AgreedError& error) {
        for (int rank = 0; rank < world.size(); ++rank)
            EXPECT_THAT(error.what(), HasSubstr("photo of rank " + std::to_string(rank)));
        EXPECT_EQ(error.exit_code(), ExitCode::bad_input);
    }
}

TEST(AgreeOnProblems, ListsWhatAllRanksFoundOnce) {
    const auto world = Communicator::world();
    Problems problems;
    problems.add("the model is missing");
    try {
        agree_on_problems(world, problems);
        FAIL() << "no error";
    } catch (const AgreedError& error) {
        EXPECT_STREQ(error.what(), "the model is missing");
    }
}

TEST(Communicator, GathersTextsInRankOrderAndScansExclusively) {
    const auto world = Communicator::world();
    const auto texts = world.gather(std::string(static_cast<std::size_t>(world.rank()), 'x'));
    if (world.is_root()) {
        ASSERT_EQ(texts.size(), static_cast<std::size_t>(world.size()));
        for (std::size_t rank = 0; rank < texts.size(); ++rank) EXPECT_EQ(texts[rank].size(), rank);
    } else {
        EXPECT_TRUE(texts.empty());
    }
    EXPECT_EQ(world.exclusive_scan(2), 2U * static_cast<unsigned>(world.rank()));
    EXPECT_EQ(world.broadcast(world.is_root() ? "said by 0" : "ignored"), "said by 0");
}

TEST(Communicator, NodeSplitHoldsAllRanksOfOneMachine) {
    const auto world = Communicator::world();
    const auto node = world.split_node();
    EXPECT_EQ(node.size(), world.size());
    EXPECT_EQ(node.rank(), world.rank());
}

}  // namespace
}  // namespace semscope::comm
