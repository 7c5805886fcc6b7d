#!/usr/bin/env bash
# jobs/container/Containerfile for real, without a registry: debootstrap makes its base, buildah builds the image (programs,
# unit and MPI tests, Debian package), a user without name or home runs the chain on a demo set in it, and the host's mpirun
# starts ranks in containers, which meet through PMIx. By hand: it downloads about 1 GB and compiles everything.
# Usage: bash tests/system/container.sh [FOLDER [--built]]      as root; needs debootstrap, buildah, podman, crun or runc, mpirun
# FOLDER (default build/container) keeps base, images and compiler cache for the next time. --built: takes the image that is
# there as it is.
# Exit codes: 0 as it must be; 1 not; 77 where something is missing.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/system/bare_debian.sh
. tests/system/bare_debian.sh
for tool in buildah podman mpirun; do
  command -v "$tool" >/dev/null || { echo "container.sh: SKIPPED: $tool is missing (bash jobs/install-dependencies.sh --by-hand)"; exit 77; }
done
mkdir -p "${1:-build/container}"
folder=$(readlink -f "${1:-build/container}")
fail() { echo "container.sh: FAILED: $*"; exit 1; }
storage=(--root "$folder/root" --runroot "$folder/run")

build_image() {
  bare_debian "$folder/debian"
  if ! buildah "${storage[@]}" inspect --type image localhost/semscope-base >/dev/null 2>&1; then
    base=$(buildah "${storage[@]}" from scratch)
    buildah "${storage[@]}" add -q "$base" "$folder/debian" /
    buildah "${storage[@]}" commit -q "$base" localhost/semscope-base
    buildah "${storage[@]}" rm "$base"
  fi >/dev/null

  # chroot isolation: it works inside other containers, too.
  mkdir -p "$folder/ccache" "$folder/ccache.conf"
  printf 'base_dir = /semscope\nhash_dir = false\n' >"$folder/ccache.conf/ccache.conf"
  buildah "${storage[@]}" bud --isolation chroot --layers --build-arg BASE=localhost/semscope-base --build-arg OPTIONS=-DSEMSCOPE_WERROR=ON \
    --volume "$folder/ccache:/root/.cache/ccache" --volume "$folder/ccache.conf:/root/.config/ccache" \
    -f jobs/container/Containerfile -t localhost/semscope . >"$folder/build.log" 2>&1 || { tail -n 40 "$folder/build.log"; fail "buildah bud"; }
}
[ "${2:-}" = --built ] || build_image
tests=$(grep -oE '[0-9]+% tests passed, [0-9]+ tests failed out of [0-9]+' "$folder/build.log" | tail -n 1)

# Podman as it is set up, or, on machines that may not raise limits or have cgroups of version 1 beside 2, by runc.
share=(run --rm --net host --pid host --ipc host -v /tmp:/tmp)
run=(podman "${storage[@]}" "${share[@]}")
if ! "${run[@]}" localhost/semscope true 2>/dev/null; then
  run=(podman "${storage[@]}" --runtime runc --cgroup-manager cgroupfs "${share[@]}" --ulimit nofile=4096:4096 --ulimit nproc=4096:4096)
  "${run[@]}" localhost/semscope true || fail "podman cannot run the image here, by crun or runc"
fi

rm -rf "$folder/data"
mkdir -p "$folder/data"
cp tests/system/demo_chain.sh "$folder/data"
chmod -R 777 "$folder/data"
run+=(-v "$folder/data:/data")
"${run[@]}" --user 12345:12345 localhost/semscope sh demo_chain.sh /data >"$folder/chain.log" 2>&1 ||
  { tail -n 30 "$folder/chain.log"; fail "the chain in the container"; }
if grep -iE 'hwloc|fontconfig' "$folder/chain.log"; then fail "libraries complain in the container"; fi
[ "$(stat -c %u "$folder/data/demo/occlusion.h5")" = 12345 ] || fail "the files do not belong to the user of the container"

# The host's launcher: PMIx in both, no mpirun in the container.
# shellcheck source=jobs/mpi-environment.sh
. jobs/mpi-environment.sh
mpirun -n 2 "${run[@]}" --env-host localhost/semscope semscope-occlude --config demo/demo.cfg --run.threads 1 \
  --output.occlusion two_containers.h5 >"$folder/host.log" 2>&1 || { tail -n 30 "$folder/host.log"; fail "mpirun of the host"; }
grep -qE 'ranks 0-1 ->|rank 1 ->' "$folder/host.log" || { cat "$folder/host.log"; fail "the containers are not two ranks of one job"; }
digest() { "${run[@]}" localhost/semscope semscope-inspect --digest "$1" | grep -oE '[0-9a-f]{64}' | head -n 1; }
[ -n "$(digest demo/occlusion.h5)" ] || fail "no digest"
[ "$(digest two_containers.h5)" = "$(digest demo/occlusion.h5)" ] || fail "two containers compute other numbers than one"
echo "container.sh: OK: built ($tests), ran the chain as user 12345 and two ranks under the host's mpirun with the same digest"
