// Makes the sound data set with its result files that the rows of bad inputs are copies of. Usage: template FOLDER
#include "support/hand_made_network.hpp"
#include "support/program.hpp"
#include "support/tiny_data_set.hpp"

#include <cstdio>
#include <filesystem>

namespace {

namespace fs = std::filesystem;
using semscope::testing_support::run_program;

int make(const fs::path& folder) {
    fs::remove_all(folder);
    namespace support = semscope::testing_support;
    support::write_tiny_data_set(folder / "data", support::varied_tiny_images(6));
    support::write_linear_network(folder / "model.ts", {{2.0F, -1.0F, 0.5F}, {-1.5F, 2.5F, 0}, {0.25F, 0.5F, 1}});
    support::write_network(folder / "segment.ts",
                           "p = torch.avg_pool2d(x, [4, 4])\nreturn torch.cat([p, p[:, :1] * -1], 1)");
    const std::string bin = SEMSCOPE_BIN_DIR;
    const std::string occlusion = (folder / "occlusion.h5").string();
    for (const auto& command : std::vector<std::vector<std::string>>{
             {bin + "/semscope-occlude", "--data.root", (folder / "data").string(), "--model.path",
              (folder / "model.ts").string(), "--output.occlusion", occlusion, "--preprocess.resize", "0",
              "--preprocess.crop", "24", "--run.batch", "4"},
             {bin + "/semscope-reduce", "--output.occlusion", occlusion, "--output.statistics",
              (folder / "statistics.h5").string(), "--statistics.resamples", "20"}}) {
        const auto outcome = run_program(command);
        if (outcome.exit_code == 0) continue;
        std::fputs(outcome.output.c_str(), stderr);
        return 1;
    }
    fs::create_directory(folder / "out");
    return 0;
}

}  // namespace

int main(int argc, char** argv) { return argc == 2 ? make(argv[1]) : 2; }
