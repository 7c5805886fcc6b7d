// semscope-report: pages that show all results, to be opened in a browser. Options and wiring; the work is in the
// module report, the pages are in the folder report.
#include "semscope/cli/program_main.hpp"
#include "semscope/comm/communicator.hpp"
#include "semscope/hdf5/handle.hpp"
#include "semscope/report/job.hpp"

int main(int argc, char** argv) {
    using namespace semscope;
    cli::Settings settings;
    return cli::mpi_main(argc, argv, report::report_options(settings),
                         {comm::library_description(), hdf5::library_description()},
                         [&](cli::Options& options, const comm::Communicator& communicator) {
                             return report::make_report(options, settings, communicator);
                         });
}
