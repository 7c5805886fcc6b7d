#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test. Usage: bash tests/run.sh [CMAKE_OPTION...]
set -euo pipefail
cd "$(dirname "$0")/.."
bash jobs/install-dependencies.sh
bash jobs/build.sh release "$@"
# shellcheck source=jobs/mpi-environment.sh
. jobs/mpi-environment.sh
export OMP_NUM_THREADS=1
ctest --preset release
