// semscope-compare: two occlusion files of the same images and tables. Options and wiring; the work is in the module
// comparison.
#include "semscope/cli/watched_run.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/comparison/job.hpp"
#include "semscope/hdf5/handle.hpp"

int main(int argc, char** argv) {
    using namespace semscope;
    cli::Settings settings;
    return cli::watched_main(
        argc, argv,
        {comparison::job_options(settings), settings, {comm::library_description(), hdf5::library_description()}},
        comparison::run_job);
}
