

// semscope-occlude: inhibits each semantic class in each photo. Options and wiring; the work is in the module
// occlusion.
#include "semscope/occlusion/occlude.hpp"
#include "semscope/cli/watched_run.hpp"
#include "semscope/occlusion/setup.hpp"

int main(int argc, char** argv) {
    using namespace semscope;
    cli::Settings settings;
    return cli::watched_main(argc, argv,
                             {occlusion::job_options(settings), settings, occlusion::library_descriptions()},
                             occlusion::run_job);
}
