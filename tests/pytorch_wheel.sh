#!/usr/bin/env bash
# pytorch_wheel.sh [VERSION [CTEST_ARGUMENT...]]: installs PyTorch of that version (default 2.15.0) from PyPI in a virtual
# environment, builds semscope against its LibTorch with warnings as errors, and runs the tests on the CPU.
# The environment and the build are kept in build/torch-VERSION. A wheel with CUDA needs the CUDA toolkit (nvcc) to build.
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:-2.15.0}
shift || true
folder=build/torch-$version
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "torch==$version" torchvision numpy
cmake --preset release -B "$folder" -DSEMSCOPE_WERROR=ON -DSEMSCOPE_TORCH="$PWD/$folder/venv"
cmake --build "$folder"
# shellcheck source=jobs/mpi-environment.sh
. jobs/mpi-environment.sh
OMP_NUM_THREADS=1 ctest --test-dir "$folder" --output-on-failure "$@"
