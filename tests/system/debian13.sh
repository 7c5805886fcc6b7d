#!/usr/bin/env bash
# The second platform: builds the source as it is here (what git ignores left out) in a Debian 13 system of its own and
# runs the tests there. Not part of continuous integration: the first run downloads about 2 GB.
# Usage: bash tests/system/debian13.sh [FOLDER [CTEST_ARGUMENT...]]     as root; needs debootstrap
# FOLDER (default build/debian13) holds the system; one that exists is used again, with its packages, build and compiler
# cache. CMAKE_BUILD_PARALLEL_LEVEL=N builds N files at a time. Ends with the exit code of tests/run.sh.
set -euo pipefail

if [ "${1:-}" = --inside ]; then  # called by itself below, in namespaces of its own
  folder=$2
  shift 2
  mount -t proc proc "$folder/proc"
  mount -t sysfs -o ro sysfs "$folder/sys"
  mount --rbind /dev "$folder/dev"
  mount -t tmpfs -o mode=1777 tmpfs "$folder/tmp"
  mount -t tmpfs -o mode=1777 tmpfs "$folder/dev/shm"
  cd /
  exec chroot "$folder" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root USER=root LOGNAME=root LANG=C.UTF-8 \
    CCACHE_DIR=/ccache CMAKE_BUILD_PARALLEL_LEVEL="${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}" \
    bash /semscope/tests/run.sh -DSEMSCOPE_WERROR=ON -- "$@"
fi

source_folder=$(cd "$(dirname "$0")/../.." && pwd)
folder=${1:-$source_folder/build/debian13}
shift || true
[ "$(id -u)" -eq 0 ] || { echo "debian13: a system of its own needs root" >&2; exit 2; }
if ! [ -e "$folder/etc/debian_version" ]; then
  command -v debootstrap >/dev/null || { echo "debian13: debootstrap is missing (apt install debootstrap)" >&2; exit 2; }
  mkdir -p "$folder"
  debootstrap --variant=minbase trixie "$folder" http://deb.debian.org/debian
fi
folder=$(cd "$folder" && pwd)
cp -L /etc/resolv.conf "$folder/etc/resolv.conf"
printf '#!/bin/sh\nexit 101\n' >"$folder/usr/sbin/policy-rc.d"  # no package starts a daemon here
chmod 755 "$folder/usr/sbin/policy-rc.d"

# The files keep their times, so that a build there goes on where it stopped; what is no longer in the source goes.
mkdir -p "$folder/semscope" "$folder/ccache"
find "$folder/semscope" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
(cd "$source_folder" && git ls-files -z --cached --others --exclude-standard --deduplicate |
  while IFS= read -r -d '' file; do if [ -e "$file" ]; then printf '%s\0' "$file"; fi; done |
  tar -c --null -T -) | tar -x -C "$folder/semscope"

# Mounts and processes live in namespaces: whatever way this ends, a kill -9 too, the kernel takes both away, and nothing
# of the machine's own /dev stays mounted in a folder that someone may delete.
code=0
unshare --mount --pid --fork --kill-child --propagation private bash "$0" --inside "$folder" "$@" || code=$?
echo "debian13: Debian $(cat "$folder/etc/debian_version"), exit code $code"
exit "$code"
