#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test.
# Usage: bash tests/run.sh [CMAKE_OPTION...] [-- CTEST_ARGUMENT...]
set -euo pipefail
cd "$(dirname "$0")/.."
options=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  options+=("$1")
  shift
done
bash jobs/install-dependencies.sh
bash jobs/build.sh release "${options[@]}"
# shellcheck source=jobs/mpi-environment.sh
. jobs/mpi-environment.sh
export OMP_NUM_THREADS=1
# Most tests start a few ranks and wait for them, and one waits for Slurm; those that measure time or kill run alone
# (tests/testing.cmake).
ctest --preset release --parallel "$(($(nproc) + 2))" "${@:2}"
