#include "cpu_resources.hpp"

#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <malloc.h>

namespace semscope::inference {

namespace {

/// OpenBLAS has its own threads, as many as cores, whatever Torch is told. It is whichever library the system's BLAS
/// points to, so its functions are looked for and not linked; other libraries follow OpenMP, which Torch sets.
struct OpenBlas {
    using SetThreads = void (*)(int);
    using GetThreads = int (*)();
    SetThreads set = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
    GetThreads get = reinterpret_cast<GetThreads>(dlsym(RTLD_DEFAULT, "openblas_get_num_threads"));

    bool present() const { return set != nullptr && get != nullptr; }
};

const OpenBlas& open_blas() {
    static const OpenBlas library;
    return library;
}

/// Activations of a batch are tens to hundreds of MiB, which malloc takes from the kernel by mmap and gives back at
/// once: every forward then faults in and clears all its pages anew (SqueezeNet: 2.6 times slower). Here freed memory
/// stays with the process, which holds what the largest forward needs in any case.
void keep_freed_memory() {
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, -1);
    constexpr int grow_by = 64 << 20;
    mallopt(M_TOP_PAD, grow_by);
}

}  // namespace

void prepare_cpu(int threads) {
    keep_freed_memory();
    at::set_num_threads(threads);
    if (open_blas().present()) open_blas().set(threads);
}

SingleBlasThread::SingleBlasThread() : before_(open_blas().present() ? open_blas().get() : 1) {
    if (before_ > 1) open_blas().set(1);
}

SingleBlasThread::~SingleBlasThread() {
    if (before_ > 1) open_blas().set(before_);
}

}  // namespace semscope::inference
