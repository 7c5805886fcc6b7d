

// semscope-wordcloud: the relevant or distracting classes of each scene as a word cloud. Options and
// wiring; the work is in the module postprocess.
#include "semscope/cli/program_main.hpp"
#include "semscope/hdf5/handle.hpp"
#include "semscope/postprocess/charts.hpp"

int main(int argc, char** argv) {
    using namespace semscope;
    cli::Settings settings;
    return cli::serial_main(argc, argv, postprocess::cloud_options(settings), {hdf5::library_description()},
                            [&](const cli::Options& /*options*/) { return postprocess::draw_clouds(settings); });
}
