#pragma once

#include "occlude_fixture.hpp"

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace semscope {

/// A folder with an occlusion file, made up or of a tiny data set, and the commands that reduce and check it.
class ReduceTest : public OccludeTest {
  protected:
    static inline const std::string python = SEMSCOPE_PYTHON;
    static inline const std::string scripts = SEMSCOPE_SOURCE_DIR "/tests/system/python";

    /// Writes an occlusion file of made-up numbers.
    void make_occlusion(const std::vector<std::string>& more = {}) const {
        std::vector<std::string> words{python, scripts + "/make_occlusion_file.py", output().string()};
        words.insert(words.end(), more.begin(), more.end());
        const Outcome outcome = testing_support::run_program(words);
        ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    }

    /// Runs a line of Python on a file opened for writing with h5py as `f`.
    static void damage(const std::filesystem::path& path, const std::string& line) {
        const std::string code = "import h5py, numpy, sys\nwith h5py.File(sys.argv[1], 'r+') as f:\n    " + line;
        const Outcome outcome = testing_support::run_program({python, "-c", code, path.string()});
        ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    }

    std::filesystem::path statistics(const std::string& run = "out") const {
        std::filesystem::create_directories(folder() / run);
        return folder() / run / "statistics.h5";
    }

    Outcome reduce(int ranks, const std::filesystem::path& to, const std::vector<std::string>& more = {}) const {
        std::vector<std::string> words{bin + "/semscope-reduce", "--output.occlusion", output().string(),
                                       "--output.statistics", to.string()};
        words.insert(words.end(), more.begin(), more.end());
        return testing_support::run_ranks(ranks, words);
    }

    static Outcome inspect(std::vector<std::string> words) {
        words.insert(words.begin(), bin + "/semscope-inspect");
        return testing_support::run_program(words);
    }

    /// Everything in the file and beside it agrees with NumPy and SciPy. `labels`: root of the label maps where the
    /// distributions count the whole of them.
    void expect_numpy_agrees(const std::filesystem::path& file, const std::vector<std::string>& labels = {}) const {
        std::vector<std::string> words{python, scripts + "/check_statistics_file.py", output().string(), file.string()};
        words.insert(words.end(), labels.begin(), labels.end());
        const Outcome outcome = testing_support::run_program(words, 300);
        EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    }

    static std::string content(const std::filesystem::path& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
};

}  // namespace semscope
