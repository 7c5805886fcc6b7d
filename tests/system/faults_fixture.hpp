#pragma once

#include "occlude_fixture.hpp"
#include "semscope/results/occlusion_file.hpp"
#include "support/running_program.hpp"

#include <signal.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace semscope {

/// Runs of a tiny data set that last a few seconds, to be disturbed and resumed, and the quiet run to compare with.
class FaultsTest : public OccludeTest {
  protected:
    static constexpr int images = 60;

    /// `pause`: steps of busy work in every batch of photos, some tenths of a millisecond each.
    void make_slow_data(int pause = 100) {
        make_data(testing_support::varied_tiny_images(images));
        make_slow_network(pause);
    }

    /// Batches of photos, which are upright stripes: not the zeros and the noise that a network is tried with at load.
    static constexpr const char* of_photos = "(x.abs().sum() > 0) & ((x[:, :, 1:] - x[:, :, :-1]).abs().mean() < 0.5)";

    /// `more`: lines before the rest; `slow`: which batches are slow.
    void make_slow_network(int pause, const std::string& more = "", const std::string& slow = of_photos) const {
        testing_support::write_network(model(), more +
                                                    "w = torch.ones([192, 192]) * (x.mean() * 0.0)\n"
                                                    "if bool(" +
                                                    slow + "):\n    for i in range(" + std::to_string(pause) +
                                                    "):\n        w = torch.matmul(w, w)\n"
                                                    "v = torch.cos(torch.linspace(0, 9, 9)).reshape(3, 3)\n"
                                                    "return torch.matmul(x.mean([2, 3]), v) + w[0, 0]");
    }

    /// The digest of an undisturbed run, whose file is removed.
    std::string quiet_digest() const {
        const Outcome outcome = occlude(2, {"--output.overwrite", "true"});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
        const std::string value = digest();
        std::filesystem::remove(output());
        return value;
    }

    std::unique_ptr<testing_support::RunningProgram> start(int ranks, std::vector<std::string> more = {}) const {
        more.insert(more.begin(), {"--run.resume", "true", "--run.checkpoint", "0.1"});
        return std::make_unique<testing_support::RunningProgram>(testing_support::with_ranks(ranks, command(more)));
    }

    static std::vector<pid_t> ranks_of(const testing_support::RunningProgram& job) {
        return job.children("semscope-occlude");
    }

    /// Images with this state in the file as it is now; 0 when there is none yet.
    std::uint64_t count_status(std::uint8_t wanted) const {
        if (!std::filesystem::exists(output())) return 0;
        const results::OcclusionReader file(output());
        const auto status = file.image_status({0, file.images()});
        return static_cast<std::uint64_t>(std::count(status.begin(), status.end(), wanted));
    }

    /// Waits until the job has done some images and has some left.
    void wait_for_midst(std::uint64_t done = 5) const {
        ASSERT_TRUE(testing_support::wait_until([&] { return count_status(1) >= done; }))
            << "the job does not get going";
        ASSERT_LT(count_status(1), static_cast<std::uint64_t>(images)) << "the job was too fast to be disturbed";
    }

    void expect_resumed_equals(const std::string& quiet, int ranks) const {
        const Outcome outcome = occlude(ranks, {"--run.resume", "true"});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
        EXPECT_EQ(digest(), quiet);
        EXPECT_FALSE(std::filesystem::exists(output().string() + ".lock"));
    }
};

}  // namespace semscope
