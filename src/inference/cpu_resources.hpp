#pragma once

namespace semscope::inference {

/// How this process uses the CPU for inference: `threads` compute threads in Torch and in the BLAS behind it, and
/// memory that is kept when a tensor is freed. Local; call it before the first tensor is made.
void prepare_cpu(int threads);

/// One BLAS thread while it lives, for products whose bits must not depend on the number of threads.
class SingleBlasThread {
  public:
    SingleBlasThread();
    ~SingleBlasThread();
    SingleBlasThread(const SingleBlasThread&) = delete;
    SingleBlasThread& operator=(const SingleBlasThread&) = delete;

  private:
    int before_;
};

}  // namespace semscope::inference
