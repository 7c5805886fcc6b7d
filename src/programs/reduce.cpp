

// semscope-reduce: from occlusion matrices to the statistics of scenes. Options and wiring; the work is in the module
// statistics.
#include "semscope/statistics/reduce.hpp"
#include "semscope/cli/watched_run.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/hdf5/handle.hpp"

int main(int argc, char** argv) {
    using namespace semscope;
    cli::Settings settings;
    return cli::watched_main(
        argc, argv,
        {statistics::job_options(settings), settings, {comm::library_description(), hdf5::library_description()}},
        statistics::run_job);
}
