#pragma once

#include "semscope/app/log.hpp"
#include "semscope/app/options.hpp"
#include "semscope/base/digest.hpp"

#include <string>

/// Which network file a run takes. TorchScript is code of its author, so this is said and checked before it is loaded.
namespace semscope::wiring {

/// What the file must be: the SHA-256 that the option `name` gives, else `found`, that of the file as rank 0 has read
/// it ("" = it could not), so that all ranks run the network that is recorded.
ExpectedSha256 expected_sha256(const app::Options& options, const std::string& name, const std::string& found);

/// Logs the file and its SHA-256; nothing when `sha256` is empty.
void log_network(const std::filesystem::path& path, const std::string& sha256, const app::Log& log);

}  // namespace semscope::wiring
