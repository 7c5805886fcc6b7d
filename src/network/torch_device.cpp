#include "torch_device.hpp"

#include "module_file.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/core/parallel.hpp"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <malloc.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include <atomic>
#include <cstdlib>
#include <string_view>

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 9)
#define SEMSCOPE_DEVICE_STATISTICS
#include <c10/core/CachingDeviceAllocator.h>
#endif

namespace semscope::network {

namespace {

/// OpenBLAS has its own threads, as many as cores, whatever Torch is set to. It is whichever library the system's BLAS
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
/// once: every forward then faults in and clears all its pages again (SqueezeNet: 2.6 times slower). Here freed memory
/// stays with the process, which holds what the largest forward needs in any case.
void keep_freed_memory() {
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, -1);
    constexpr int grow_by = 64 << 20;
    mallopt(M_TOP_PAD, grow_by);
}

}  // namespace

std::string describe_hardware(const Device& device) {
    if (device.kind == DeviceKind::cuda) {
        const std::string gpu = describe_gpu(device);
        const auto driver = gpu.find(", driver ");
        return driver == std::string::npos ? gpu : gpu.substr(0, driver) + ")";
    }
    constexpr std::string_view title = "CPU capability usage: ";
    const std::string configuration = at::show_config();
    const auto begin = configuration.find(title);
    std::string text = "CPU capability ";
    text += begin == std::string::npos
                ? "unknown"
                : configuration.substr(begin + title.size(), configuration.find('\n', begin) - begin - title.size());
    using Name = char* (*)();
    if (const auto name = reinterpret_cast<Name>(dlsym(RTLD_DEFAULT, "openblas_get_corename")); name != nullptr)
        text += fmt::format("; BLAS kernels {}", name());
    using Isa = unsigned (*)();
    if (const auto isa = reinterpret_cast<Isa>(dlsym(RTLD_DEFAULT, "dnnl_get_effective_cpu_isa")); isa != nullptr)
        text += fmt::format("; oneDNN ISA {:#x}", isa());
    return text;
}

std::uint64_t peak_device_memory(const Device& device) {
#ifdef SEMSCOPE_DEVICE_STATISTICS
    if (device.kind == DeviceKind::cpu) return 0;
    try {
        auto* const allocator = dynamic_cast<c10::DeviceAllocator*>(c10::GetAllocator(torch_device(device).type()));
        if (allocator == nullptr || !allocator->initialized()) return 0;
        constexpr auto all = static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE);
        const auto statistics = allocator->getDeviceStats(static_cast<c10::DeviceIndex>(device.index));
        return static_cast<std::uint64_t>(statistics.reserved_bytes.at(all).peak);
    } catch (const std::exception&) {
        return 0;  // a figure of the report, which must not end a run that is done
    }
#else
    static_cast<void>(device);
    return 0;
#endif
}

void release_memory() {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

void prepare_cpu(int threads) {
    keep_freed_memory();
    // MKL, in PyTorch's LibTorch, reads it when it starts: without it a product in a parallel region (photos one by
    // one) is summed otherwise than the same product beside one. STRICT: whatever the number of threads.
    setenv("MKL_CBWR", "AUTO,STRICT", /*replace=*/0);
    at::set_num_threads(threads);
    if (open_blas().present()) open_blas().set(threads);
}

namespace {

/// The same numbers on every run: no search for the fastest algorithm, no atomic sums, no reduced precision behind
/// fp32.
void ask_cuda_for_reproducible_arithmetic() {
    // cuBLAS reads it when it starts: with this workspace its sums do not depend on what else the GPU does.
    setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", /*replace=*/0);
    at::Context& context = at::globalContext();
    context.setBenchmarkCuDNN(false);
    context.setDeterministicCuDNN(true);
    context.setAllowTF32CuBLAS(false);
    context.setAllowTF32CuDNN(false);  // not of traced convolutions: set_convolution_flags
    // An operation that has no reproducible form warns once; most networks have none.
    context.setDeterministicAlgorithms(true, /*warn_only=*/true);
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 2)
    context.setDeterministicFillUninitializedMemory(false);  // time for nothing: semscope reads no such memory
#endif
}

}  // namespace

namespace {

/// Runs `work` on a GPU; what Torch throws becomes an InferenceError that names it.
template <class Work>
void try_device(const Device& device, Work&& work) {
    try {
        work();
    } catch (const std::exception& error) {
        throw InferenceError(fmt::format("{} {} cannot be used (nvidia-smi tells who uses it): {}", to_string(device),
                                         describe_gpu(device), first_cause(error.what())));
    }
}

}  // namespace

// Counting devices (NVML, cudaGetDeviceCount) and asking the driver what they are makes no context on any of them; the
// first call that needs one makes it on the current device. So this comes before every such call, once, on the main
// thread, which alone uses the GPU: the current device is a thread's own.
void make_current(const Device& device) {
    if (device.kind == DeviceKind::cpu) return;
    const torch::Device chosen = torch_device(device);
    try_device(device, [&] { c10::impl::VirtualGuardImpl(chosen.type()).setDevice(chosen); });
}

void prepare_device(const Device& device) {
    if (device.kind == DeviceKind::cpu) return;
    ask_cuda_for_reproducible_arithmetic();
    make_current(device);
    try_device(device, [&] { torch::zeros({1}, torch_device(device)).to(torch::kCPU); });
}

bool is_out_of_memory(const std::string& message) {
    // The interpreter of TorchScript passes on the text of an error and not its type.
    // CUBLAS_STATUS_ALLOC_FAILED, and of cuDNN 9 CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED.
    for (const char* sign : {"out of memory", "ALLOC_FAILED", "ALLOCATION_FAILED"})
        if (message.find(sign) != std::string::npos) return true;
    return false;
}

std::string describe_failure(const std::string& message, int batch, const char* option) {
    if (is_out_of_memory(message))
        return fmt::format(
            "{0} = {1} needs more memory than is free: {2}; make {0} smaller, or put fewer ranks on a GPU", option,
            batch, first_cause(message));
    return fmt::format("the network failed: {}", first_cause(message));
}

int visible_cuda_devices() { return torch::cuda::is_available() ? static_cast<int>(torch::cuda::device_count()) : 0; }

namespace {

/// One thread of OpenBLAS while it lives, which counts its threads for all of the process. Other libraries (MKL in
/// PyTorch's LibTorch) follow Torch.
class SingleBlasThread {
  public:
    SingleBlasThread() : before_(open_blas().present() ? open_blas().get() : 1) {
        if (before_ > 1) open_blas().set(1);
    }
    ~SingleBlasThread() {
        if (before_ > 1) open_blas().set(before_);
    }
    SingleBlasThread(const SingleBlasThread&) = delete;
    SingleBlasThread& operator=(const SingleBlasThread&) = delete;

  private:
    int before_;
};

}  // namespace

void for_each_alone(std::size_t count, const std::function<void(std::size_t)>& body) {
    const int threads = at::get_num_threads();
    const SingleBlasThread blas;
    const auto alone = [&](std::size_t i) {
        const c10::InferenceMode inference;  // a property of a thread
        body(i);
    };
    if (threads == 1) {
        for (std::size_t i = 0; i < count; ++i) alone(i);
        return;
    }
    // On workers that keep their one thread: setting the number makes Torch end its pool of threads and start another.
    std::atomic<bool> changed = false;
    for_each_on_workers(count, threads, [&](std::size_t i) {
        if (at::get_num_threads() != 1) {
            at::set_num_threads(1);
            changed = true;
        }
        alone(i);
    });
    if (changed) at::set_num_threads(threads);  // what Torch gives threads that are new to it is the last that was set
}

}  // namespace semscope::network
