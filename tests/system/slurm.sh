#!/usr/bin/env bash
# The chain of jobs/slurm on a real Slurm with two virtual nodes on this one machine: interrupted by a requeue, by the
# signal before the time limit and by the death of a node, it must end with the digests of a quiet local run.
# Usage: bash tests/system/slurm.sh BIN_FOLDER DEMO_FOLDER FAULT_LIBRARY      as root; the last line says how it went
# The preloaded library makes photos slow to open, as on a busy file server: the jobs last long enough to be interrupted
# and yet leave the processors to the tests beside this one.
# Exit codes: 0 as it must be; 1 not; 77 Slurm cannot be run here (the last line says why).
# SEMSCOPE_SLURM_KEEP=1 keeps the files.
set -euo pipefail
bin=$(readlink -f "${1:?folder of the programs}")
demo=$(readlink -f "${2:?folder of the demo data set}")
slow=$(readlink -f "${3:?library of injected faults}")
tests=$(cd "$(dirname "$0")" && pwd)
jobs=$(cd "$tests/../../jobs" && pwd)
# shellcheck source=tests/system/sandbox.sh
. "$tests/sandbox.sh"
# shellcheck source=jobs/mpi-environment.sh
. "$jobs/mpi-environment.sh"
repeats=3  # how often the photos are worked through

obstacle=$(sandbox_obstacle)
if [ -n "$obstacle" ]; then
  echo "slurm.sh: SKIPPED, not tested: $obstacle"
  exit 77
fi
scratch=$(mktemp -d /tmp/semscope-slurm-XXXXXX)
verdict="FAILED, see above"
finish() {
  local code=$?
  trap - EXIT
  if [ "$verdict" != OK ] && [ -d "$scratch/logs" ]; then
    # The jobs' own words last: a log that is cut keeps its end.
    tail -n 20 "$scratch"/slurm/log/slurmctld.log "$scratch"/slurm/log/slurmd.n*.log || true
    tail -n 40 "$scratch"/logs/*.log || true
  fi
  sandbox_down
  [ "${SEMSCOPE_SLURM_KEEP:-0}" = 1 ] || rm -rf "$scratch"
  [ "$verdict" = OK ] || { echo "slurm.sh: $verdict"; [ "$code" != 0 ] || code=1; }
  exit "$code"
}
trap finish EXIT
trap 'exit 1' INT TERM
say() { echo "$(date +%H:%M:%S) $*"; }
fail() { verdict="FAILED: $*"; exit 1; }

work() {  # NAME: a folder of its own for the outputs of one run
  mkdir -p "$scratch/$1"
  cat "$demo/demo.cfg" >"$scratch/$1/run.cfg"
  sed -i -e "s|^root = \.\$|root = $scratch/data|" -e "s|^path = model.ts\$|path = $demo/model.ts|" "$scratch/$1/run.cfg"
}
options=(--data.images "$scratch/val.txt" --run.checkpoint 1 --run.threads 1 --run.loaders 1 --run.batch 16
  --figures.limit 1 --figures.formats png)
digest() { "$bin/semscope-inspect" --digest "$1"; }

make_list() {  # the demo set under as many names as the runs need to last
  mkdir -p "$scratch/data/noisy_annotations_RGB"
  ln -sfn "$demo/categories_places365.txt" "$demo/objectInfo150.txt" "$scratch/data"
  for ((i = 0; i < repeats; ++i)); do
    ln -sfn "$demo/val" "$scratch/data/copy$i"
    ln -sfn "$demo/noisy_annotations_RGB/val" "$scratch/data/noisy_annotations_RGB/copy$i"
    sed "s|^val/|copy$i/|" "$demo/val.txt"
  done >"$scratch/val.txt"
  images=$(wc -l <"$scratch/val.txt")
}
quiet_run() {  # NAME OPTION...
  local name=$1
  shift
  say "the quiet local run, $images images at most"
  mpirun -n 2 "$bin/semscope-occlude" --config "$scratch/$name/run.cfg" "${options[@]}" "$@" \
    --output.overwrite true >"$scratch/$name/log" 2>&1 || { cat "$scratch/$name/log"; fail "the local run"; }
}
work quiet
export OMP_NUM_THREADS=1
make_list
quiet_run quiet
mpirun -n 2 "$bin/semscope-reduce" --config "$scratch/quiet/run.cfg" "${options[@]}" >"$scratch/quiet/log" 2>&1 ||
  { cat "$scratch/quiet/log"; fail "the local reduction"; }

say "starting Slurm with two virtual nodes"
sandbox_up "$scratch/slurm" 2 4 2 || fail "Slurm did not start"
mkdir "$scratch/site"
cat >"$scratch/site/profile.sh" <<END
site_tested=yes
site_ranks_per_node=2
site_gpu_job=(--gres=gpu:2)
site_gpu_step=(--gpus-per-task=1)
site_cpu_ranks=2
site_signal_seconds=100
site_environment() {
  . "$jobs/mpi-environment.sh"
  export OMP_NUM_THREADS=1 OMPI_MCA_mpi_yield_when_idle=1 LD_PRELOAD=$slow SEMSCOPE_FAULT_CALL=open SEMSCOPE_FAULT_PATHS="$scratch/data/copy*"
  export SEMSCOPE_FAULT_DELAY=\$(cat "$scratch/delay") SEMSCOPE_FAULT_FIRST=\$(cat "$scratch/first")
  export SEMSCOPE_FAULT_REPORT=$scratch/delayed
}
END
# In jobs that start from now on, photos take so many milliseconds longer, once a rank has surveyed its share.
delay() {  # MILLISECONDS [PHOTOS_OF_A_RANK]
  echo "$1" >"$scratch/delay"
  echo "$((${2:-0} + 1))" >"$scratch/first"
}
delay 2000 "$((images / 4))"

work chain
output=$scratch/chain/occlusion.h5
steps=occlude,reduce
[ ! -x "$bin/semscope-sdm" ] || steps=$steps,figures
SEMSCOPE_BIN=$bin bash "$jobs/slurm/submit.sh" "$scratch/chain/run.cfg" --site "$scratch/site" --nodes 2 --time 30 \
  --steps "$steps" --logs "$scratch/logs" -- "${options[@]}" | tee "$scratch/submitted"
job=$(awk '$1 == "occlude" {print $2}' "$scratch/submitted")
last=$(awk 'END {print $2}' "$scratch/submitted")
log=$scratch/logs/semscope-occlude-$job.log

field() { scontrol show job -o "$1" 2>/dev/null | tr ' ' '\n' | sed -n "s/^$2=//p" | sed -n 1p; }
done_images() {
  "$bin/semscope-inspect" --json "$output" 2>/dev/null | python3 -c 'import json, sys; print(json.load(sys.stdin)["done"])' 2>/dev/null || echo 0
}
starts() { grep -c "^[^ ]* job $job, start" "$log" 2>/dev/null || true; }
ended() { case "$(field "$1" JobState)" in COMPLETED | FAILED | TIMEOUT | NODE_FAIL | CANCELLED) return 0 ;; *) return 1 ;; esac; }
working() {  # START IMAGES: this start of the job has finished more images than that, and is not at the end
  ! ended "$job" || fail "the job ended before it was interrupted; raise the delay"
  [ "$(starts)" = "$1" ] && [ "$(done_images)" -gt "$2" ]
}
still_working() {
  [ "$(done_images)" -lt "$images" ] || fail "$1 came too late; raise the delay"
}

sandbox_wait 120 "first results" working 1 0
before=$(done_images)
delay 2000 "$(((images - before) / 4))"
say "1. scontrol requeue of the running job, $before of $images images done"
scontrol requeue "$job"
sandbox_wait 120 "work after the requeue" working 2 "$before"
kept=$(done_images)
delay 2000 "$(((images - kept) / 4))"

say "2. the time limit comes near, $kept images done"
# Slurm looks every 30 s and signals when less than that and site_signal_seconds are left: the limit is the next whole
# minute that leaves it the time to look.
elapsed=$(field "$job" RunTime | awk -F: '{print $1 * 3600 + $2 * 60 + $3}')
scontrol update JobId="$job" TimeLimit=$(((elapsed + 119) / 60))
asked() { grep -q "SIGUSR1: asking for a checkpoint" "$log"; }
sandbox_wait 100 "the signal before the time limit" asked
still_working "the signal"
requeued() { grep -q "stopped cleanly before the end: requeue" "$log"; }
sandbox_wait 60 "the job's own requeue after exit code 75" requeued
sandbox_wait 60 "the time limit for the next start" scontrol update JobId="$job" TimeLimit=30
before=$(done_images)
sandbox_wait 120 "work after the signal" working 3 "$before"

say "3. node n2 dies with its daemon and ranks, $(done_images) images done"
delay 1
sandbox_kill_node n2
still_working "the death of the node"
node_is_down() { sinfo -h -n n2 -o %T | grep -i down >/dev/null; }
sandbox_wait 90 "Slurm to notice the dead node" node_is_down
sandbox_start_node n2
started_again() { [ "$(starts)" -ge 4 ]; }
sandbox_wait 120 "the fourth start of the job" started_again

say "waiting for the end of the chain"
sandbox_wait 400 "the end of the chain" ended "$last"
while read -r step id; do
  [ "$(field "$id" JobState)" = COMPLETED ] || fail "job $id ($step) ended as $(field "$id" JobState)"
done <"$scratch/submitted"

say "comparing"
grep -q "CUDA_VISIBLE_DEVICES=0\] cpu\[CUDA_VISIBLE_DEVICES=1" "$log" || fail "the ranks of a node did not get a device each"
grep -q "ranks 2-3 -> n2 -> " "$log" || fail "the log does not say that ranks 2 and 3 worked on n2"
[ "$(digest "$output")" = "$(digest "$scratch/quiet/occlusion.h5")" ] || fail "occlusion.h5 has another digest than the quiet run's"
[ "$(digest "$scratch/chain/statistics.h5")" = "$(digest "$scratch/quiet/statistics.h5")" ] ||
  fail "statistics.h5 has another digest than the quiet run's"
"$bin/semscope-inspect" --check "$output" >/dev/null || fail "the check of occlusion.h5"
if [ -x "$bin/semscope-sdm" ]; then
  [ -n "$(find "$scratch/chain/figures" -name '*.png' -print -quit)" ] || fail "no figure was drawn"
  [ -e "$scratch/chain/report/index.html" ] || fail "no report was written"
fi
say "4. an array of two jobs under mpirun, one of them asked to stop"
fewer=$((images / 3))
work few
quiet_run few --data.limit "$fewer"
work array0
work array1
delay 1000 "$((fewer / 2))"
SEMSCOPE_BIN=$bin bash "$jobs/slurm/submit.sh" "$scratch/array0/run.cfg" "$scratch/array1/run.cfg" --site "$scratch/site" \
  --nodes 1 --launcher mpirun --steps occlude,reduce --logs "$scratch/logs" -- "${options[@]}" --data.limit "$fewer" >"$scratch/submitted"
array=$(awk '$1 == "occlude" {print $2}' "$scratch/submitted")
last=$(awk 'END {print $2}' "$scratch/submitted")
output=$scratch/array1/occlusion.h5
some_done() { [ "$(done_images)" -gt 0 ]; }
sandbox_wait 120 "first results of the array" some_done
delay 1
scancel --batch --signal=USR1 "${array}_1"
array_log=$scratch/logs/semscope-occlude-${array}_1.log
array_requeued() { grep -q "stopped cleanly before the end: requeue" "$array_log"; }
sandbox_wait 60 "exit code 75 of array task 1" array_requeued
for task in 0 1; do
  sandbox_wait 300 "the end of array task $task" ended "${last}_$task"
  [ "$(field "${last}_$task" JobState)" = COMPLETED ] || fail "array task $task ended as $(field "${last}_$task" JobState)"
  [ "$(digest "$scratch/array$task/occlusion.h5")" = "$(digest "$scratch/few/occlusion.h5")" ] ||
    fail "array task $task has another digest than the quiet run"
done
grep -q "job ${array}_1, start 2" "$array_log" || fail "array task 1 was not started again"

verdict=OK
echo "slurm.sh: OK: $steps on two virtual nodes, requeued, signalled before the time limit and robbed of a node," "and an array under mpirun" \
  "gave the digests of a quiet local run ($(digest "$output" | cut -c 1-16)...)"
