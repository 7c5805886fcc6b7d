#!/usr/bin/env bash
# Installs every Debian package that semscope needs to build, test and run (Debian 12 and 13).
# Usage: bash jobs/install-dependencies.sh [--cluster] [--by-hand] | --build      as root, or as a user who may use sudo
# --cluster adds what the tests of the cluster scripts need: Slurm and munge (whose packages set up daemons), Lmod and
# the tools for simulated hosts. Without them these tests are skipped and say so.
# --by-hand adds what the checks need that are run by hand: of Debian 13, packages, containers, PyTorch wheels, clouds.
# --build installs only what it takes to build, to run the unit and MPI tests and to make packages, as containers do.
# Run again at any time: with nothing missing it ends at once and touches nothing.
set -euo pipefail

packages=(
  # building
  build-essential cmake ninja-build ccache lld git pkg-config file
  # libraries of the programs
  libtorch-dev libopenblas0-pthread libopenmpi-dev openmpi-bin libhdf5-openmpi-dev libopencv-dev
  libturbojpeg0-dev libpng-dev zlib1g-dev libarchive-dev libminizip-dev libboost-program-options-dev libssl-dev libtbb-dev libspdlog-dev libfmt-dev nlohmann-json3-dev
  libcairo2-dev libpango1.0-dev librandom123-dev fonts-dejavu-core
  # unit and MPI tests
  libgtest-dev libgmock-dev libbenchmark-dev python3 python3-numpy python3-scipy
)
others=(
  # looking at results
  hdf5-tools
  # system tests and checks
  python3-h5py python3-xarray python3-h5netcdf python3-pil
  python3-torch python3-torchvision python3-matplotlib poppler-utils clang-format clang-tidy gcovr shellcheck curl unzip
  # the report in a real browser (tests/system/python/check_report.py)
  chromium chromium-driver python3-selenium
  # fuzz targets (tests/fuzz)
  clang libclang-rt-dev
)
if [ "$*" != --build ]; then packages+=("${others[@]}"); fi
for option in "$@"; do
  case $option in
    --cluster) packages+=(slurm-wlm munge lmod iproute2) ;;
    --by-hand) packages+=(debootstrap buildah podman crun runc fuse-overlayfs python3-venv python3-wordcloud) ;;
    *)
      [ "$*" = --build ] && break
      echo "install-dependencies: unknown options $*; there are --cluster and --by-hand, or --build alone" >&2
      exit 2
      ;;
  esac
done

installed=$(dpkg-query -W -f='${db:Status-Status} ${binary:Package}\n' "${packages[@]}" 2>/dev/null | sed -n 's/^installed \([^:]*\).*/\1/p' || true)
mapfile -t missing < <(comm -23 <(printf '%s\n' "${packages[@]}" | sort) <(sort <<<"$installed"))
if [ "${#missing[@]}" -eq 0 ]; then
  echo "install-dependencies: all ${#packages[@]} packages are installed"
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "install-dependencies: these packages are missing and installing them needs root or sudo: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "install-dependencies: installing ${missing[*]}"
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
