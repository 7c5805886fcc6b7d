#include "semscope/network/device.hpp"

#include "semscope/comm/agreement.hpp"
#include "semscope/core/errors.hpp"
#include "semscope/kernels/kernels.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <dlfcn.h>
#include <sched.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <thread>

namespace semscope::network {

Device choose_device(DeviceRequest request, int local_rank, int visible_devices) {
    if (request == DeviceRequest::cuda && visible_devices == 0)
        throw UsageError("run.device = cuda, but no CUDA device is visible to this process");
    if (request == DeviceRequest::cpu || visible_devices == 0) return {DeviceKind::cpu, 0};
    return {DeviceKind::cuda, local_rank % visible_devices};
}

void require_graph_device(CudaGraph request, const Device& device) {
    if (request == CudaGraph::on && device.kind == DeviceKind::cpu)
        throw UsageError(
            "run.cuda-graph = on needs a GPU, and the network runs on the CPU; set run.cuda-graph = auto, or "
            "run.device "
            "= cuda where there is one");
}

std::string to_string(const Device& device) {
    return device.kind == DeviceKind::cpu ? "cpu" : fmt::format("cuda:{}", device.index);
}

namespace {

/// NVIDIA's driver interface, whose functions keep their form over all versions. They are looked for and not linked:
/// the same program runs where there is no driver.
class Driver {
  public:
    explicit Driver(const char* library) : handle_(dlopen(library, RTLD_NOW | RTLD_LOCAL)) {}
    ~Driver() {
        if (handle_ != nullptr) dlclose(handle_);
    }
    Driver(const Driver&) = delete;
    Driver& operator=(const Driver&) = delete;

    bool absent() const { return handle_ == nullptr; }

    /// Calls `name` and says whether it is there and gave 0, its sign of success.
    template <class... Arguments>
    bool call(const char* name, Arguments... arguments) const {
        using Function = int (*)(Arguments...);
        const auto function = handle_ == nullptr ? nullptr : reinterpret_cast<Function>(dlsym(handle_, name));
        return function != nullptr && function(arguments...) == 0;
    }

  private:
    void* handle_;
};

using Text = std::array<char, 256>;

std::string driver_version() {
    const Driver management("libnvidia-ml.so.1");
    Text version{};
    if (!management.call("nvmlInit_v2")) return "";
    const bool known =
        management.call("nvmlSystemGetDriverVersion", version.data(), static_cast<unsigned>(version.size()));
    management.call("nvmlShutdown");
    return known ? fmt::format(", driver {}", version.data()) : "";
}

}  // namespace

std::string describe_gpu(const Device& device) {
    if (device.kind == DeviceKind::cpu) return "";
    constexpr int major_capability = 75, minor_capability = 76;  // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_...
    const Driver driver("libcuda.so.1");
    int handle = 0, major = 0, minor = 0;
    Text name{};
    // With ROCm HIP's library stands in for the driver; it has functions of the same form, but not for the capability.
    if (const Driver hip("libamdhip64.so");
        driver.absent() && hip.call("hipInit", 0U) && hip.call("hipDeviceGet", &handle, device.index) &&
        hip.call("hipDeviceGetName", name.data(), static_cast<int>(name.size()), handle))
        return name.data();
    const bool known = driver.call("cuInit", 0U) && driver.call("cuDeviceGet", &handle, device.index) &&
                       driver.call("cuDeviceGetName", name.data(), static_cast<int>(name.size()), handle) &&
                       driver.call("cuDeviceGetAttribute", &major, major_capability, handle) &&
                       driver.call("cuDeviceGetAttribute", &minor, minor_capability, handle);
    if (!known) return "";
    return fmt::format("{} (compute capability {}.{}{})", name.data(), major, minor, driver_version());
}

namespace {

std::string name_device(const Place& place) {
    return place.visible.empty() ? place.device : fmt::format("{}[{}]", place.device, place.visible);
}

bool share_alike(const Place& a, const Place& b) {
    return a.host == b.host && a.threads == b.threads && a.loaders == b.loaders;
}

/// "cpu" for ranks that are all alike, else the device of each.
std::string name_devices(const std::vector<std::string>& devices) {
    const bool alike = std::all_of(devices.begin(), devices.end(), [&](const auto& d) { return d == devices.front(); });
    return alike ? devices.front() : fmt::format("{}", fmt::join(devices, " "));
}

}  // namespace

std::string visible_devices_setting() {
    for (const char* name : {"CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES"})
        if (const char* value = std::getenv(name)) return fmt::format("{}={}", name, value);
    return "";
}

std::vector<std::string> describe_placement(const std::vector<Place>& places) {
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < places.size();) {
        const Place& first = places[begin];
        std::vector<std::string> devices;
        std::size_t end = begin;
        for (; end < places.size() && share_alike(places[end], first); ++end)
            devices.push_back(name_device(places[end]));
        const std::string ranks =
            end - begin == 1 ? fmt::format("rank {}", begin) : fmt::format("ranks {}-{}", begin, end - 1);
        lines.push_back(fmt::format("{} -> {} -> {} ({} threads, {} decode workers{})", ranks, first.host,
                                    name_devices(devices), first.threads, first.loaders,
                                    end - begin == 1 ? "" : " each"));
        begin = end;
    }
    return lines;
}

namespace {

/// The cores that this process may use; none where the system does not tell, as of more than CPU_SETSIZE.
cpu_set_t allowed_cores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof(set), &set) != 0) CPU_ZERO(&set);
    return set;
}

}  // namespace

int share_of_cores(const cpu_set_t& own, std::span<const cpu_set_t> of_node) {
    const auto sharers = std::count_if(of_node.begin(), of_node.end(),
                                       [&](const cpu_set_t& other) { return CPU_EQUAL(&own, &other) != 0; });
    const int cores = CPU_COUNT(&own) > 0 ? CPU_COUNT(&own) : static_cast<int>(std::thread::hardware_concurrency());
    return std::max(1, cores / std::max(1, static_cast<int>(sharers)));
}

void require_one_kind(const Device& device, const comm::Communicator& communicator) {
    const bool gpu = device.kind == DeviceKind::cuda;
    if (communicator.all_of(gpu) || !communicator.any_of(gpu)) return;
    comm::agree(communicator, [&] {
        if (!gpu)
            throw InputError(
                "run.device = auto finds no GPU here, and other ranks have one; mend or leave out this node, or set "
                "run.device = cpu for all ranks");
    });
}

namespace {

/// Collective.
std::string agree_on_hardware(const std::string& own, bool allow_other, const comm::Communicator& communicator) {
    const std::vector<std::string> all = communicator.gather(own);
    const std::set<std::string> different(all.begin(), all.end());
    std::string joined = communicator.broadcast(fmt::format("{}", fmt::join(different, " | ")));
    const std::string of_root = communicator.broadcast(own);
    comm::agree(communicator, [&] {
        if (own != of_root && !allow_other)
            throw InputError(fmt::format(
                "computes on \"{}\", rank 0 on \"{}\": the last bits of a result would depend on the rank; ask for "
                "nodes of one kind, or set run.allow-other-hardware",
                own, of_root));
    });
    return joined;
}

}  // namespace

Placement place_rank(const cli::RunSettings& run, const comm::Communicator& communicator) {
    const comm::Communicator node = communicator.split_node();
    Placement placement;
    placement.device =
        comm::agree(communicator, [&] { return choose_device(run.device, node.rank(), visible_cuda_devices()); });
    require_one_kind(placement.device, communicator);
    comm::agree(communicator, [&] { make_current(placement.device); });
    placement.hardware = agree_on_hardware(describe_hardware(placement.device), run.allow_other_hardware, communicator);
    const cpu_set_t allowed = allowed_cores();
    const int cores = share_of_cores(allowed, node.all_gather(allowed));
    placement.threads = run.threads.value_or(cores);
    constexpr int threads_per_loader = 4;
    placement.loaders = run.loaders.value_or(std::max(1, placement.threads / threads_per_loader));
    placement.survey_workers = std::max(placement.loaders, cores);
    return placement;
}

std::optional<std::string> remark_on_blas(const std::string& hardware, bool has_avx512) {
    constexpr std::string_view title = "BLAS kernels ";
    const auto at = hardware.find(title);
    const bool has_avx2 = hardware.find("CPU capability AVX") != std::string::npos;
    if (at == std::string::npos || !has_avx2) return std::nullopt;
    const auto begin = at + title.size();
    const std::string name = hardware.substr(begin, hardware.find(';', begin) - begin);
    for (const char* fast : {"Haswell", "Zen", "Excavator", "SkylakeX", "Cooperlake", "SapphireRapids"})
        if (strcasecmp(name.c_str(), fast) == 0) return std::nullopt;
    return fmt::format(
        "OpenBLAS does not know this processor and multiplies with its kernels for {}, several times "
        "slower than need be; set OPENBLAS_CORETYPE={} in the environment of all ranks",
        name, has_avx512 ? "SkylakeX" : "Haswell");
}

void log_placement(const Placement& placement, const comm::Communicator& communicator, const cli::Log& log) {
    const auto names = communicator.gather(
        std::vector<std::string>{comm::host_name(), to_string(placement.device), visible_devices_setting()});
    const auto shares = communicator.gather(std::array{placement.threads, placement.loaders});
    std::vector<Place> places;
    for (std::size_t rank = 0; rank < names.size(); ++rank)
        places.push_back({names[rank][0], names[rank][1], names[rank][2], shares[rank][0], shares[rank][1]});
    for (const std::string& line : describe_placement(places)) log.info(line);
    const bool has_avx512 = kernels::available_kernels().front() == kernels::avx512_kernels;
    if (const auto remark = remark_on_blas(placement.hardware, has_avx512)) log.info(*remark);
}

void log_remarks(const std::vector<Remark>& remarks, const cli::Log& log) {
    for (const Remark& remark : remarks) remark.warning ? log.warning(remark.text) : log.info(remark.text);
}

}  // namespace semscope::network
