#include "network_file.hpp"

#include <fmt/format.h>

namespace semscope::wiring {

ExpectedSha256 expected_sha256(const app::Options& options, const std::string& name, const std::string& found) {
    const std::string given = options.text(name);
    return given.empty() ? ExpectedSha256{found, "the one that rank 0 found"} : ExpectedSha256{given, name};
}

void log_network(const std::filesystem::path& path, const std::string& sha256, const app::Log& log) {
    if (!sha256.empty()) log.info(fmt::format("network {}, SHA-256 {}", path.string(), sha256));
}

}  // namespace semscope::wiring
