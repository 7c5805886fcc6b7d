#pragma once

#include <cstddef>
#include <functional>

namespace semscope {

/// Calls body(begin, end) on parts of 0..count, of about `grain` each or more, from up to `threads` threads at once:
/// the caller and workers of oneTBB, which stay between calls. The parts differ from call to call: what a body makes of
/// an item must not depend on them. The number of threads is what is asked for, also beyond the cores that the process
/// is bound to. Rethrows what a part threw; the others may not have run then. Local; thread-safe.
void parallel_for(std::size_t count, std::size_t grain, int threads,
                  const std::function<void(std::size_t begin, std::size_t end)>& body);

/// The same for single items: body(i).
template <class Body>
void parallel_for_each(std::size_t count, int threads, Body&& body) {
    parallel_for(count, 1, threads, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) body(i);
    });
}

/// The same from up to `threads` workers, which stay between calls; the caller waits. For bodies that set what belongs
/// to a thread, as OpenMP's number of threads: the caller's stays as it is, and a worker keeps what it has been given.
void for_each_on_workers(std::size_t count, int threads, const std::function<void(std::size_t)>& body);

}  // namespace semscope
