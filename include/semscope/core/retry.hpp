#pragma once

#include "semscope/core/errors.hpp"

#include <array>
#include <chrono>
#include <string>
#include <thread>

namespace semscope {

/// Seconds to wait before each further try of read_again.
inline constexpr std::array retry_pauses{0.1, 0.5, 2.0};

/// Returns what `read` returns, which reads files that this job has read before. While `read` throws UnreachableError
/// it is called again after each of retry_pauses. Throws IoError when it never succeeds: a file that was there is no
/// proof of bad data when it is gone, but of a file system that is. Other errors pass. Local, thread-safe; sleeps.
template <class Read>
auto read_again(Read&& read) {
    for (const double pause : retry_pauses) {
        try {
            return read();
        } catch (const UnreachableError&) {
            std::this_thread::sleep_for(std::chrono::duration<double>(pause));
        }
    }
    try {
        return read();
    } catch (const UnreachableError& error) {
        throw IoError(std::string(error.what()) + "; this job could read it before: look at its file system");
    }
}

}  // namespace semscope
