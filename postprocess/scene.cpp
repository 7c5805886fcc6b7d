// semscope-scene: each scene in one figure, photos, box plot and word cloud. Options and wiring; the work is in the
// module postprocess.
#include "semscope/cli/program_main.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/hdf5/handle.hpp"
#include "semscope/postprocess/scene_job.hpp"

int main(int argc, char** argv) {
    using namespace semscope;
    cli::Settings settings;
    return cli::mpi_main(argc, argv, postprocess::scene_options(settings),
                         {comm::library_description(), hdf5::library_description()},
                         [&](cli::Options& options, const comm::Communicator& communicator) {
                             return postprocess::draw_scenes(options, settings, communicator);
                         });
}
