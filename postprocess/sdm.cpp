// semscope-sdm: score deviation maps and panels of the images. Options and wiring; the work is in the module
// postprocess.
#include "semscope/cli/watched_run.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/hdf5/handle.hpp"
#include "semscope/postprocess/map_job.hpp"

int main(int argc, char** argv) {
    using namespace semscope;
    cli::Settings settings;
    return cli::watched_main(
        argc, argv,
        {postprocess::map_options(settings), settings, {comm::library_description(), hdf5::library_description()}},
        postprocess::draw_maps);
}
