#!/usr/bin/env bash
# A step of Containerfile and semscope.def: builds the programs, runs the unit and MPI tests, and makes the Debian package
# build/package/semscope.deb. The packages of `install-dependencies.sh --build` must be there.
# Usage: bash jobs/container/build.sh [CMAKE_OPTION...]
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=jobs/mpi-environment.sh
. jobs/mpi-environment.sh
cmake --preset release "$@" >/dev/null
cmake --build --preset release --target semscope_programs semscope_quick_tests
OMP_NUM_THREADS=1 ctest --preset release -L 'unit|mpi' -j"$(nproc)" --output-on-failure
(cd build/release && cpack -G DEB -B ../package)
mv build/package/semscope_*.deb build/package/semscope.deb
