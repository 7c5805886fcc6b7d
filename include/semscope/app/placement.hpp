#pragma once

#include <string>
#include <vector>

namespace semscope::app {

/// Where one rank works.
struct Place {
    std::string host;
    std::string device;   ///< "cpu", "cuda:1"
    std::string visible;  ///< visible_devices_setting of the rank
    int threads = 1;
    int loaders = 1;
};

/// The variables by which a launcher says which devices a process may see, as "NAME=value", "" when none is set: with
/// one visible device per task every rank's device is cuda:0, and only these tell them apart. Local.
std::string visible_devices_setting();

/// A place as one line of text, to be sent to rank 0.
std::string format_place(const Place& place);

/// Lines for the log from the format_place of all ranks, in rank order: one for each run of ranks on one host, with
/// the devices of its ranks in rank order, named once where all are alike.
/// Example: "ranks 0-3 -> nid001 -> cuda:0 cuda:1 cuda:2 cuda:3 (16 threads, 4 decode workers each)".
std::vector<std::string> describe_placement(const std::vector<std::string>& places);

}  // namespace semscope::app
