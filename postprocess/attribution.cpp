// semscope-attribution: faithfulness curves and the interactions of classes, for each scene. Options and wiring; the
// work is in the module postprocess.
#include "semscope/cli/program_main.hpp"
#include "semscope/hdf5/handle.hpp"
#include "semscope/postprocess/attribution_charts.hpp"

int main(int argc, char** argv) {
    using namespace semscope;
    cli::Settings settings;
    return cli::serial_main(argc, argv, postprocess::attribution_options(settings), {hdf5::library_description()},
                            [&](const cli::Options& /*options*/) { return postprocess::draw_attributions(settings); });
}
