#include "semscope/core/parallel.hpp"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <map>
#include <mutex>

namespace semscope {

namespace {

namespace tbb = oneapi::tbb;

/// The arena of so many threads. Arenas stay: making one costs more than a small loop.
tbb::task_arena& arena_of(int threads) {
    // oneTBB's own limit is the number of cores that the process is bound to.
    constexpr std::size_t most_threads = 1024;
    static const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, most_threads);
    static std::mutex guard;
    static std::map<int, tbb::task_arena> arenas;
    const std::lock_guard lock(guard);
    return arenas.try_emplace(threads, threads).first->second;
}

}  // namespace

void parallel_for(std::size_t count, std::size_t grain, int threads,
                  const std::function<void(std::size_t, std::size_t)>& body) {
    if (count == 0) return;
    grain = std::max<std::size_t>(1, grain);
    if (threads <= 1 || count <= grain) return body(0, count);
    arena_of(threads).execute([&] {
        tbb::parallel_for(tbb::blocked_range<std::size_t>(0, count, grain),
                          [&](const auto& part) { body(part.begin(), part.end()); });
    });
}

}  // namespace semscope
