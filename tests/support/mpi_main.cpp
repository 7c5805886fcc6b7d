// Main of the tests that run under MPI: rank 0 prints, and every rank ends with the worst exit code of all.
#include "semscope/comm/communicator.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <memory>

namespace {

/// Prints failures of the ranks that are otherwise silent.
class RankPrinter : public testing::EmptyTestEventListener {
  public:
    explicit RankPrinter(int rank) : rank_(rank) {}
    void OnTestPartResult(const testing::TestPartResult& result) override {
        if (result.failed())
            (void)std::fprintf(stderr, "rank %d: %s:%d: %s\n", rank_, result.file_name(), result.line_number(),
                               result.message());
    }

  private:
    int rank_;
};

}  // namespace

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    const semscope::comm::Environment environment(argc, argv);
    const auto world = semscope::comm::Communicator::world();
    if (!world.is_root()) {
        auto& listeners = testing::UnitTest::GetInstance()->listeners();
        delete listeners.Release(listeners.default_result_printer());
        listeners.Append(new RankPrinter(world.rank()));  // GoogleTest owns it
    }
    const int result = RUN_ALL_TESTS();
    return static_cast<int>(world.max(std::int64_t{result}));
}
