#pragma once

#include "support/hand_made_network.hpp"
#include "support/program.hpp"
#include "support/temporary_folder.hpp"
#include "support/tiny_data_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace semscope {

using testing_support::Outcome;

/// A folder with a tiny data set, a linear network and room for output, and the commands on them.
class OccludeTest : public testing::Test {
  protected:
    static inline const std::string bin = SEMSCOPE_BIN_DIR;

    static testing_support::LinearWeights weights() {
        return {{2.0F, -1.0F, 0.5F}, {-1.5F, 2.5F, 0}, {0.25F, 0.5F, 1}};
    }

    void make_data(const std::vector<testing_support::TinyImage>& images) {
        testing_support::write_tiny_data_set(root(), images);
        testing_support::write_linear_network(model(), weights());
    }

    std::filesystem::path root() const { return folder_.path() / "data"; }
    std::filesystem::path model() const { return folder_.path() / "model.ts"; }
    std::filesystem::path output() const { return folder_.path() / "occlusion.h5"; }

    std::vector<std::string> command(const std::vector<std::string>& more = {}) const {
        std::vector<std::string> words{bin + "/semscope-occlude",
                                       "--data.root",
                                       root().string(),
                                       "--model.path",
                                       model().string(),
                                       "--output.occlusion",
                                       output().string(),
                                       "--preprocess.resize",
                                       "0",
                                       "--preprocess.crop",
                                       "24",
                                       "--run.batch",
                                       "4"};
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }

    Outcome occlude(int ranks, const std::vector<std::string>& more = {}) const {
        return testing_support::run_ranks(ranks, command(more));
    }

    std::string digest() const {
        const Outcome outcome =
            testing_support::run_program({bin + "/semscope-inspect", "--digest", output().string()});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
        return outcome.output;
    }

    const std::filesystem::path& folder() const { return folder_.path(); }

  private:
    testing_support::TemporaryFolder folder_;
};

}  // namespace semscope
