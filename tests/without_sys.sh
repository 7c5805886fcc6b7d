#!/usr/bin/env bash
# without_sys.sh BUILD [CTEST_ARGUMENT...]: runs the tests of the build folder BUILD where /sys is hidden, as it is in a plain
# chroot and in some containers. As root.
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
[ "$(id -u)" -eq 0 ] || { echo "without_sys.sh: a namespace of mounts needs root" >&2; exit 77; }
build=$(cd "$1" && pwd)
shift
# shellcheck source=jobs/mpi-environment.sh
. "$(dirname "$0")/../jobs/mpi-environment.sh"
# shellcheck disable=SC2016  # for the inner shell
exec env OMP_NUM_THREADS=1 unshare --mount --propagation private bash -c '
  mount -t tmpfs -o ro,size=4k tmpfs /sys
  exec ctest --test-dir "$0" --output-on-failure "$@"' "$build" "$@"
