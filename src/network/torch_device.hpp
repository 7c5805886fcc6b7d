#pragma once

#include "semscope/network/device.hpp"

#include <cstddef>
#include <functional>
#include <string>

// How Torch uses the machine.

namespace semscope::network {

/// How this process uses the CPU for inference: `threads` compute threads in Torch and in the BLAS behind it, and
/// memory that is kept when a tensor is freed. Local; call it before the first tensor is made.
void prepare_cpu(int threads);

/// Gives memory that was freed back to the system, which prepare_cpu otherwise keeps. Local.
void release_memory();

/// Gives memory that was freed back to the system, which otherwise keeps it after prepare_cpu. Local.
void release_memory();

/// Makes `device` the one of this thread and of what it allocates, and tries it; nothing for the CPU. Without it every
/// rank would also open a context on the first GPU. Local; call it before anything is put on the device. Throws
/// InferenceError that says why a GPU cannot be used.
void prepare_device(const Device& device);

/// Whether an error of Torch's, by its text, says that the memory of the device is used up.
bool is_out_of_memory(const std::string& message);

/// What to say of an error of Torch's while the network worked on batches of `batch` forwards: out of memory is
/// distinguished from other errors, with a remedy. `option`: what sets the size of the batch.
std::string describe_failure(const std::string& message, int batch, const char* option = "run.batch");

/// Calls body(i) for every i below `count` from as many threads at once as Torch has here, in inference mode. Torch and
/// the BLAS compute with one thread in each. Rethrows what a call threw. Local.
void for_each_alone(std::size_t count, const std::function<void(std::size_t)>& body);

}  // namespace semscope::network
