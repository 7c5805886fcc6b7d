#include "semscope/network/device.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <array>
#include <string>

namespace semscope::network {

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
    const bool known = driver.call("cuInit", 0U) && driver.call("cuDeviceGet", &handle, device.index) &&
                       driver.call("cuDeviceGetName", name.data(), static_cast<int>(name.size()), handle) &&
                       driver.call("cuDeviceGetAttribute", &major, major_capability, handle) &&
                       driver.call("cuDeviceGetAttribute", &minor, minor_capability, handle);
    if (!known) return "";
    return fmt::format("{} (compute capability {}.{}{})", name.data(), major, minor, driver_version());
}

}  // namespace semscope::network
