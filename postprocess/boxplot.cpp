

// semscope-boxplot: box plots of the deviations and bar charts of the semantic distribution, for each scene. Options
// and wiring; the work is in the module postprocess.
#include "semscope/cli/program_main.hpp"
#include "semscope/hdf5/handle.hpp"
#include "semscope/postprocess/charts.hpp"

int main(int argc, char** argv) {
    using namespace semscope;
    cli::Settings settings;
    return cli::serial_main(argc, argv, postprocess::chart_options(settings), {hdf5::library_description()},
                            [&](const cli::Options& /*options*/) { return postprocess::draw_charts(settings); });
}
