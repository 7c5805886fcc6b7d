

// semscope-segment: label maps from a segmentation network. Options and wiring; the work is in the module segmentation.
#include "semscope/segmentation/segment.hpp"
#include "semscope/cli/watched_run.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/data/image.hpp"
#include "semscope/network/occluder.hpp"

int main(int argc, char** argv) {
    using namespace semscope;
    cli::Settings settings;
    return cli::watched_main(argc, argv,
                             {segmentation::job_options(settings),
                              settings,
                              {network::torch_description(), comm::library_description(), data::library_description()}},
                             segmentation::run_job);
}
