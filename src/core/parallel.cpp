#include "semscope/core/parallel.hpp"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <exception>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace semscope {

namespace {

namespace tbb = oneapi::tbb;

/// The arena of so many threads, of which one may be the caller's or none. Arenas stay: making one costs more than a
/// small loop.
tbb::task_arena& arena_of(int threads, unsigned callers) {
    // oneTBB's own limit is the number of cores that the process is bound to.
    constexpr std::size_t most_threads = 1024;
    static const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, most_threads);
    static std::mutex guard;
    static std::map<std::pair<int, unsigned>, tbb::task_arena> arenas;
    const std::lock_guard lock(guard);
    return arenas.try_emplace({threads, callers}, threads, callers).first->second;
}

/// Lives as long as this thread runs the body of a loop.
struct InBody {
    InBody() { ++depth; }
    ~InBody() { --depth; }
    InBody(const InBody&) = delete;
    InBody& operator=(const InBody&) = delete;
    static inline thread_local int depth = 0;
};

}  // namespace

void parallel_for(std::size_t count, std::size_t grain, int threads,
                  const std::function<void(std::size_t, std::size_t)>& body) {
    if (count == 0) return;
    grain = std::max<std::size_t>(1, grain);
    if (threads <= 1 || count <= grain) return body(0, count);
    arena_of(threads, 1).execute([&] {
        const auto loop = [&] {
            tbb::parallel_for(tbb::blocked_range<std::size_t>(0, count, grain), [&](const auto& part) {
                const InBody inside;
                body(part.begin(), part.end());
            });
        };
        // A thread that waits for the end of a loop within a loop does not begin another part of the outer one, which
        // would keep it for long.
        if (InBody::depth > 0)
            tbb::this_task_arena::isolate(loop);
        else
            loop();
    });
}

void for_each_on_workers(std::size_t count, int threads, const std::function<void(std::size_t)>& body) {
    if (count == 0) return;
    const auto done = std::make_shared<std::promise<void>>();  // which the worker still holds when the caller wakes up
    arena_of(std::max(1, threads), 0).enqueue([done, count, &body] {
        try {
            tbb::parallel_for(std::size_t{0}, count, body);
            done->set_value();
        } catch (...) {
            done->set_exception(std::current_exception());
        }
    });
    done->get_future().get();
}

}  // namespace semscope
