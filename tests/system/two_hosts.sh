#!/usr/bin/env bash
# mpirun over two simulated hosts: network namespaces joined by a cable of their own, each with its own host name and
# /dev/shm, so that ranks of different hosts can talk through the network only. The result must have the digest of a
# run on this host. Usage: bash tests/system/two_hosts.sh BIN_FOLDER DEMO_FOLDER       as root
# Exit codes: 0 as it must be; 1 not; 77 this machine does not let us (the last line says why).
set -euo pipefail
bin=$(readlink -f "${1:?folder of the programs}")
demo=$(readlink -f "${2:?folder of the demo data set}")
jobs=$(cd "$(dirname "$0")/../../jobs" && pwd)
# shellcheck source=jobs/mpi-environment.sh
. "$jobs/mpi-environment.sh"
export OMP_NUM_THREADS=1

skip() { echo "two_hosts.sh: SKIPPED, not tested: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip "it needs root"
command -v ip >/dev/null || skip "ip is not installed (bash jobs/install-dependencies.sh --cluster)"
unshare --uts --mount true 2>/dev/null || skip "this machine allows no namespaces"
ip netns add "semscope-probe-$$" 2>/dev/null || skip "this machine allows no network namespaces"
ip netns del "semscope-probe-$$"

scratch=$(mktemp -d /tmp/semscope-hosts-XXXXXX)
finish() {
  for host in alpha beta; do ip netns del "semscope-$host-$$" 2>/dev/null || true; done
  rm -rf "$scratch"
}
trap finish EXIT
fail() { echo "two_hosts.sh: FAILED: $*"; exit 1; }

for host in alpha beta; do
  ip netns add "semscope-$host-$$"
  ip -n "semscope-$host-$$" link set lo up
done
ip link add cable netns "semscope-alpha-$$" type veth peer name cable netns "semscope-beta-$$" ||
  skip "this machine has no virtual network cables"
number=0
for host in alpha beta; do
  number=$((number + 1))
  ip -n "semscope-$host-$$" addr add "10.255.77.$number/24" dev cable
  ip -n "semscope-$host-$$" link set cable up
done

# on HOST COMMAND...: what a remote shell is to a real cluster. mpirun calls it with the command in several words.
cat >"$scratch/on" <<END
#!/usr/bin/env bash
host=\$1
shift
exec ip netns exec "semscope-\$host-$$" unshare --uts --mount --propagation private \\
  bash -c 'hostname "\$1"; mount -t tmpfs -o size=1g shm /dev/shm; shift; exec bash -c "\$*"' on "\$host" "\$@"
END
chmod +x "$scratch/on"

# 8 forwards a batch: every rank of every host has several.
options=(--config "$demo/demo.cfg" --data.limit 24 --run.batch 8 --run.threads 1 --run.loaders 1)
mpirun -n 2 "$bin/semscope-occlude" "${options[@]}" --output.occlusion "$scratch/one.h5" >"$scratch/one.log" 2>&1 ||
  { cat "$scratch/one.log"; fail "the run on this host"; }
timeout -k 10 240 "$scratch/on" alpha mpirun --host alpha:2,beta:2 -n 4 --mca plm_rsh_agent "$scratch/on" \
  --mca oob_tcp_if_include cable --mca btl_tcp_if_include cable \
  "$bin/semscope-occlude" "${options[@]}" --output.occlusion "$scratch/two.h5" >"$scratch/two.log" 2>&1 ||
  { cat "$scratch/two.log"; fail "the run on two hosts"; }

for place in "ranks 0-1 -> alpha -> " "ranks 2-3 -> beta -> "; do
  grep -q "$place" "$scratch/two.log" || { cat "$scratch/two.log"; fail "the log does not say: $place"; }
done
one=$("$bin/semscope-inspect" --digest "$scratch/one.h5")
two=$("$bin/semscope-inspect" --digest "$scratch/two.h5")
[ "$one" = "$two" ] || fail "two hosts gave digest $two, this host $one"

# A mistake ends the job on both hosts and is reported once.
"$scratch/on" alpha mpirun --host alpha:1,beta:1 -n 2 --mca plm_rsh_agent "$scratch/on" \
  --mca oob_tcp_if_include cable --mca btl_tcp_if_include cable \
  timeout -k 5 60 "$bin/semscope-occlude" "${options[@]}" --output.occlusion "$scratch/nowhere/out.h5" >"$scratch/bad.log" 2>&1 &&
  fail "an output folder that is not there was accepted"
[ "$(grep -c "the folder of the output does not exist" "$scratch/bad.log")" = 1 ] ||
  { cat "$scratch/bad.log"; fail "a mistake must be told once, not by each host"; }
echo "two_hosts.sh: OK: 4 ranks on two simulated hosts gave the digest of 2 ranks on one ($(echo "$one" | cut -c 1-16)...)"
