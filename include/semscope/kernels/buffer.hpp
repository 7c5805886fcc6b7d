#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>

namespace semscope::kernels {

/// Numbers that begin at a cache line and are not cleared.
template <class Number>
class BufferOf {
  public:
    BufferOf() = default;
    explicit BufferOf(std::size_t size) : size_(size) {
        constexpr std::size_t cache_line = 64;
        const std::size_t bytes = (size * sizeof(Number) + cache_line) / cache_line * cache_line;
        data_.reset(static_cast<Number*>(std::aligned_alloc(cache_line, bytes)));
        if (!data_) throw std::bad_alloc();
    }
    Number* data() noexcept { return data_.get(); }
    const Number* data() const noexcept { return data_.get(); }
    std::size_t size() const noexcept { return size_; }

  private:
    struct Free {
        void operator()(Number* memory) const noexcept { std::free(memory); }
    };
    std::unique_ptr<Number[], Free> data_;
    std::size_t size_ = 0;
};
using Buffer = BufferOf<float>;

}  // namespace semscope::kernels
