#!/usr/bin/env bash
# Configures and builds semscope. Usage: bash jobs/build.sh [PRESET [CMAKE_OPTION...]]   (default preset: release)
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-release}
shift || true
cmake --preset "$preset" "$@" >/dev/null
cmake --build --preset "$preset"
