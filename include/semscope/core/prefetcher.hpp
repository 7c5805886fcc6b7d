#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace semscope {

/// Makes items 0 .. count-1 with worker threads, ahead of their use and within a bound, and hands them out in order.
template <class Item>
class Prefetcher {
  public:
    using Make = std::function<Item(std::size_t)>;

    /// `make` is called from the workers, for several items at once. At most `ahead` items wait or are in the making.
    /// Where the system gives fewer threads, fewer workers make the items; where it gives none, next() does.
    Prefetcher(std::size_t count, int workers, std::size_t ahead, Make make)
        : count_(count), ahead_(ahead), make_(std::move(make)) {
        try {
            for (int i = 0; i < workers; ++i) workers_.emplace_back([this] { work(); });
        } catch (const std::system_error&) {
            // A limit of threads (EAGAIN) on one rank must not keep it from the collective calls of the others.
        }
    }

    ~Prefetcher() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        room_.notify_all();
        for (std::thread& worker : workers_) worker.join();
    }
    Prefetcher(const Prefetcher&) = delete;
    Prefetcher& operator=(const Prefetcher&) = delete;

    /// The next item, waiting for it when need be; nothing after the last. Rethrows what `make` threw for it.
    std::optional<Item> next() {
        std::unique_lock lock(mutex_);
        if (taken_ == count_) return std::nullopt;
        if (workers_.empty()) {
            lock.unlock();
            return make_(taken_++);
        }
        ready_.wait(lock, [this] { return made_.contains(taken_); });
        auto node = made_.extract(taken_++);
        lock.unlock();
        room_.notify_one();
        if (node.mapped().second) std::rethrow_exception(node.mapped().second);
        return std::move(node.mapped().first);
    }

  private:
    using Made = std::pair<std::optional<Item>, std::exception_ptr>;

    Made make_one(std::size_t index) {
        try {
            return {make_(index), nullptr};
        } catch (...) {
            return {std::nullopt, std::current_exception()};
        }
    }

    void work() {
        std::unique_lock lock(mutex_);
        for (;;) {
            room_.wait(lock, [this] { return stopping_ || started_ == count_ || started_ < taken_ + ahead_; });
            if (stopping_ || started_ == count_) return;
            const std::size_t index = started_++;
            lock.unlock();
            Made made = make_one(index);
            lock.lock();
            made_.emplace(index, std::move(made));
            ready_.notify_one();
        }
    }

    std::size_t count_;
    std::size_t ahead_;
    Make make_;
    std::mutex mutex_;
    std::condition_variable room_;
    std::condition_variable ready_;
    std::size_t started_ = 0;
    std::size_t taken_ = 0;
    bool stopping_ = false;
    std::map<std::size_t, Made> made_;
    std::vector<std::thread> workers_;
};

}  // namespace semscope
