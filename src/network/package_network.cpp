#include "package_network.hpp"

#include "semscope/core/errors.hpp"

#include <fmt/format.h>
#include <torch/version.h>

#include <cstdlib>

#ifdef SEMSCOPE_AOTINDUCTOR
#include "error_stream.hpp"
#include "torch_device.hpp"

#include <torch/csrc/inductor/aoti_package/model_package_loader.h>

#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>
#endif

namespace semscope::network {

namespace {

bool is_zip(std::string_view bytes) { return bytes.starts_with("PK"); }

bool holds(std::string_view bytes, std::string_view text) { return bytes.find(text) != std::string_view::npos; }

/// Names of files stand as they are in a zip file, whatever their content is packed with.
constexpr std::string_view folder_of_packages = "/data/aotinductor/";

constexpr const char* how_to_export = "jobs/data/export_network.py --format pt2";

/// Whether this CPU has the instructions of AOTI_CPU_ISA, as "AVX512 AVX512_VNNI".
bool has_instructions(std::string_view names) {
#ifdef __x86_64__
    if (holds(names, "AVX512") && !(__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                                    __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")))
        return false;
    if (holds(names, "AVX512_VNNI") && !__builtin_cpu_supports("avx512vnni")) return false;
    if (holds(names, "AVX2") && !(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))) return false;
#endif
    return true;
}

[[noreturn]] void refuse(const NetworkFile& file, const std::string& problem) {
    throw InputError(fmt::format("{}: {}", file.path.string(), problem));
}

}  // namespace

bool holds_package(std::string_view bytes) { return is_zip(bytes) && holds(bytes, folder_of_packages); }

void require_no_exported_program(const NetworkFile& file, std::string_view bytes) {
    // PyTorch 2.6 .. 2.8 and later ones.
    const bool program = holds(bytes, "serialized_exported_program.json") || holds(bytes, "/models/model.json");
    if (is_zip(bytes) && program)
        refuse(file, fmt::format("is an exported program (torch.export.save) that is not compiled; make an AOTInductor "
                                 "package of the network by {}",
                                 how_to_export));
}

std::string package_metadata(std::string_view bytes, std::string_view key) {
    // The files of a package are stored, not packed.
    const std::string before = fmt::format("\"{}\": \"", key);
    const std::size_t at = bytes.find(before);
    if (at == std::string_view::npos) return "";
    const std::string_view rest = bytes.substr(at + before.size());
    return std::string(rest.substr(0, rest.find('"')));
}

void require_fitting_package(const NetworkFile& file, std::string_view bytes) {
    const std::string device = package_metadata(bytes, "AOTI_DEVICE_KEY");
    const std::string used = file.device.kind == DeviceKind::cpu ? "cpu" : "cuda";
    if (!device.empty() && device != used)
        refuse(file, fmt::format("is compiled for {}, and run.device is {} here; compile the network for that by "
                                 "{} --device {}, or set run.device = {}",
                                 device, used, how_to_export, used, device));
    const std::string instructions = package_metadata(bytes, "AOTI_CPU_ISA");
    if (used == "cpu" && !has_instructions(instructions))
        refuse(file,
               fmt::format("is compiled for CPUs with {}, which this one has not; compile the network on a machine "
                           "of this kind by {}",
                           instructions, how_to_export));
    // Without this its code would read photos of another size or type as they lie in memory.
    if (!holds(bytes, "AOTI_RUNTIME_CHECK_INPUTS"))
        refuse(file, fmt::format("is an AOTInductor package that does not check the photos it is given; compile it by "
                                 "{} with PyTorch 2.7 or later",
                                 how_to_export));
}

#ifdef SEMSCOPE_AOTINDUCTOR

namespace {

/// A file in memory, which goes when this does. Packages are loaded by a path, and the file of the user could change
/// after its SHA-256 was taken.
class MemoryFile {
  public:
    explicit MemoryFile(std::string_view bytes) : descriptor_(memfd_create("semscope-network", MFD_CLOEXEC)) {
        if (descriptor_ < 0) throw IoError("no file in memory can be made for the network");
        for (std::size_t done = 0; done < bytes.size();) {
            const auto written = ::write(descriptor_, bytes.data() + done, bytes.size() - done);
            if (written <= 0) {
                ::close(descriptor_);
                throw IoError("the network does not fit into the memory");
            }
            done += static_cast<std::size_t>(written);
        }
    }
    ~MemoryFile() { ::close(descriptor_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    std::string path() const { return fmt::format("/proc/self/fd/{}", descriptor_); }

  private:
    int descriptor_;
};

using Loader = torch::inductor::AOTIModelPackageLoader;

/// The loader has got more arguments from version to version. `runs`: how many may go on at once.
template <class Type = Loader>
std::unique_ptr<Type> make_loader(const std::string& path, const NetworkFile& file) {
    const auto runs = static_cast<std::size_t>(file.device.kind == DeviceKind::cpu ? file.threads : 1);
    const auto index = static_cast<c10::DeviceIndex>(file.device.kind == DeviceKind::cpu ? -1 : file.device.index);
    if constexpr (std::is_constructible_v<Type, std::string, std::string, bool, std::size_t, c10::DeviceIndex>)
        return std::make_unique<Type>(path, "model", false, runs, index);
    else if constexpr (std::is_constructible_v<Type, std::string, std::string, bool, std::size_t>)
        return std::make_unique<Type>(path, "model", false, runs);
    else
        return std::make_unique<Type>(path, "model");
}

/// Loads the libraries of LibTorch that packages call and this program may have no need of, from where its LibTorch
/// lies: the loader of the system would look for them in its own folders, where those of another LibTorch can be.
void load_torch_libraries() {
    Dl_info own = {};
    // A function of libtorch_cpu.
    if (dladdr(reinterpret_cast<void*>(&torch::inductor::getAOTIModelRunnerRegistry), &own) == 0) return;
    const std::filesystem::path folder = std::filesystem::path(own.dli_fname).parent_path();
    for (const char* name : {"libc10_cuda.so", "libtorch_cuda.so", "libtorch.so"}) {
        std::error_code ignored;
        if (std::filesystem::exists(folder / name, ignored)) dlopen((folder / name).c_str(), RTLD_NOW | RTLD_LOCAL);
    }
}

class PackageNetwork : public LoadedNetwork {
  public:
    PackageNetwork(const NetworkFile& file, std::string_view bytes)
        : instructions_(package_metadata(bytes, "AOTI_CPU_ISA")), device_(file.device) {
        load_torch_libraries();
        const MemoryFile copy(bytes);
        loader_ = make_loader(copy.path(), file);
    }

    c10::IValue run(const at::Tensor& images) override {
        try {
            return run_in(format_.load(), images);
        } catch (const std::bad_alloc&) {
            throw;
        } catch (const std::exception& error) {
            // A package is compiled for one order of the numbers in memory.
            if (!holds(error.what(), "unmatched stride value")) throw;
        }
        const auto other = format_.load() == at::MemoryFormat::Preserve ? at::MemoryFormat::Contiguous
                                                                        : at::MemoryFormat::ChannelsLast;
        const c10::IValue output = run_in(other, images);
        format_ = other;
        return output;
    }

    Batching batching_for(const at::Tensor& /*photos*/) override { return Batching::together; }

    std::string description() const override {
        return device_.kind == DeviceKind::cpu
                   ? fmt::format("the network is an AOTInductor package, compiled for CPUs with {}", instructions_)
                   : "the network is an AOTInductor package, compiled for cuda";
    }

  private:
    c10::IValue run_in(at::MemoryFormat format, const at::Tensor& images) {
        std::vector<at::Tensor> outputs;
        const KeptErrors errors;
        try {
            outputs = loader_->run({format == at::MemoryFormat::Preserve ? images : images.contiguous(format)});
        } catch (const std::bad_alloc&) {
            throw;
        } catch (const std::exception& error) {
            throw std::runtime_error(first_problem(errors.text(), error.what()));
        }
        return outputs.size() == 1 ? c10::IValue(outputs.front()) : c10::IValue(outputs);
    }

    /// The cause, which the compiled code has written, or what LibTorch says, which tells no more than where it failed.
    static std::string first_problem(const std::string& written, const std::string& thrown) {
        if (is_out_of_memory(written)) return written;
        constexpr std::string_view sign = "Error: ";
        const std::size_t at = written.find(sign);
        if (at == std::string::npos) return thrown;
        std::string cause = written.substr(at + sign.size());
        if (holds(cause, "unmatched dtype"))
            throw InputError(
                fmt::format("is compiled for another precision ({}): set run.precision to it, or compile "
                            "the network for this one by {} --precision",
                            cause.substr(0, cause.find('\n')), how_to_export));
        return cause;
    }

    std::string instructions_;
    Device device_;
    std::unique_ptr<Loader> loader_;
    std::atomic<at::MemoryFormat> format_ = at::MemoryFormat::Preserve;
};

}  // namespace

std::unique_ptr<LoadedNetwork> load_package(const NetworkFile& file, std::string_view bytes) {
    require_fitting_package(file, bytes);
    // Read when the compiled code runs for the first time.
    setenv("AOTI_RUNTIME_CHECK_INPUTS", "1", /*replace=*/1);
    const KeptErrors errors;
    try {
        return std::make_unique<PackageNetwork>(file, bytes);
    } catch (const Error&) {
        throw;
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& error) {
        const std::string cause = first_cause(error.what());
        refuse(file,
               fmt::format("cannot be loaded as an AOTInductor package by LibTorch {}: {}{}; compile it by {} with "
                           "PyTorch {}",
                           TORCH_VERSION, cause, errors.text().empty() ? "" : " (" + first_cause(errors.text()) + ")",
                           how_to_export, TORCH_VERSION));
    }
}

#else

std::unique_ptr<LoadedNetwork> load_package(const NetworkFile& file, std::string_view /*bytes*/) {
    refuse(file,
           fmt::format("is an AOTInductor package, which LibTorch {} cannot load; build semscope with LibTorch 2.7 "
                       "or later (SEMSCOPE_TORCH), or export the network by jobs/data/export_network.py --format "
                       "torchscript",
                       TORCH_VERSION));
}

#endif

}  // namespace semscope::network
