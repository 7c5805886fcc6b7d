#!/usr/bin/env bash
# The Debian package: cpack makes it from a build, apt installs it in a bare Debian 12, and an ordinary user runs the whole
# chain on a demo set there. The digest of occlusion.h5 must be what the build itself gives for the same set. /sys stays
# hidden in that system, as in some containers. By hand: apt downloads about 400 MB.
# Usage: bash tests/system/package.sh BUILD_FOLDER [FOLDER]      as root; needs debootstrap
# FOLDER (default: a temporary one) keeps the bare system; one that exists is used again, and is changed.
# Exit codes: 0 as it must be; 1 not; 77 without root or debootstrap.
set -euo pipefail
build=$(readlink -f "${1:?folder of the build}")
source=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/system/bare_debian.sh
. "$source/tests/system/bare_debian.sh"
scratch=$(mktemp -d /tmp/semscope-package-XXXXXX)
trap 'rm -rf "$scratch"' EXIT
folder=${2:-$scratch/debian}
fail() { echo "package.sh: FAILED: $*"; exit 1; }

(cd "$build" && cpack -G DEB -B "$scratch" >"$scratch/cpack.log") || { cat "$scratch/cpack.log"; fail "cpack"; }
package=$(echo "$scratch"/semscope_*.deb)
[ -s "$package" ] || fail "cpack made no package"
# No grep -q after a pipe: it ends at the first match, and what still writes to it then fails.
dpkg-deb -I "$package" | grep 'Depends:.*libtorch' >/dev/null || fail "the package does not depend on LibTorch"
! dpkg-deb -c "$package" | awk '{print $6}' | grep -v '^\./usr/' | grep -v '^\./$' >/dev/null || fail "files outside /usr: $(dpkg-deb -c "$package")"

bare_debian "$folder"
cp "$package" "$folder/root/semscope.deb"
in_bare_debian "$folder" sh -ec 'apt-get update -qq && apt-get install -y -qq --no-install-recommends /root/semscope.deb' \
  >"$scratch/apt.log" 2>&1 || { tail -n 30 "$scratch/apt.log"; fail "apt install"; }

cp "$source/tests/system/demo_chain.sh" "$folder/opt"
in_bare_debian "$folder" sh -ec 'id tester >/dev/null 2>&1 || useradd -m tester; su tester -c "sh /opt/demo_chain.sh ~tester"' \
  >"$scratch/chain.log" 2>&1 || { tail -n 30 "$scratch/chain.log"; fail "the chain in the bare system"; }
if grep hwloc "$scratch/chain.log"; then fail "hwloc complains"; fi
made=$folder/home/tester/demo

digest() { "$build/bin/semscope-inspect" --digest "$1" | grep -oE '[0-9a-f]{64}' | head -n 1; }
OMP_NUM_THREADS=1 "$build/bin/semscope-occlude" --config "$made/demo.cfg" --run.threads 1 --output.occlusion "$scratch/here.h5" \
  >"$scratch/here.log" 2>&1 || { tail -n 20 "$scratch/here.log"; fail "the run of the build itself"; }
[ -n "$(digest "$scratch/here.h5")" ] || fail "no digest"
[ "$(digest "$scratch/here.h5")" = "$(digest "$made/occlusion.h5")" ] || fail "the package computes other numbers than the build"

in_bare_debian "$folder" sh -ec 'apt-get purge -y -qq semscope; ! ls -d /usr/share/semscope /usr/bin/semscope-* 2>/dev/null' \
  >"$scratch/purge.log" 2>&1 || { tail -n 20 "$scratch/purge.log"; fail "the package leaves files behind"; }
echo "package.sh: OK: $(basename "$package") ($(($(stat -c %s "$package") / 1048576)) MiB) installed, ran the chain with the same digest and went"
