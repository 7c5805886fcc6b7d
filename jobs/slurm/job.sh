# shellcheck shell=bash
# To be sourced by the batch scripts: preamble, launcher, signals and requeueing.
# Set by submit.sh: SEMSCOPE_JOBS (the jobs folder), SEMSCOPE_SITE, and perhaps SEMSCOPE_LAUNCHER,
# SEMSCOPE_ACCEPT_UNREADABLE, SEMSCOPE_MAX_RESTARTS.

# shellcheck source=jobs/programs.sh
. "$SEMSCOPE_JOBS/programs.sh"
# shellcheck source=jobs/slurm/site.sh
. "$SEMSCOPE_JOBS/slurm/site.sh"

job_say() { echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $*"; }

# Profile, modules, programs, and the record of what this job runs on.
job_begin() {
  semscope_load_site "$SEMSCOPE_JOBS" "${SEMSCOPE_SITE:-generic-slurm}" || exit 2
  semscope_load_modules || exit 2
  semscope_find_programs "$SEMSCOPE_JOBS" || exit 2
  job_launcher=${SEMSCOPE_LAUNCHER:-$site_launcher}
  job_id=${SLURM_JOB_ID:-}
  [ -z "${SLURM_ARRAY_JOB_ID:-}" ] || job_id=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID
  job_say "job ${job_id:-none}, start $((${SLURM_RESTART_COUNT:-0} + 1)), site $site_folder, launcher $job_launcher"
  job_say "hosts: ${SLURM_JOB_NODELIST:-$(hostname)}, ${SLURM_NTASKS:-1} tasks"
  job_say "modules: ${LOADEDMODULES:-none}"
  job_say "programs: $SEMSCOPE_BIN: $("$SEMSCOPE_BIN/semscope-inspect" --version | head -n 1)"
  job_skip_step_numbers
}

# The command line that starts an MPI program on all tasks of the job, in job_command. $1 = gpu or cpu; then the program.
job_prepare_ranks() {
  local kind=$1
  shift
  job_command=()
  local ranks=${SLURM_NTASKS:-}
  if [ -z "$ranks" ]; then
    ranks=$site_cpu_ranks
    [ "$kind" = cpu ] || ranks=${SEMSCOPE_RANKS:-$site_ranks_per_node}
  fi
  case "$job_launcher" in
    srun)
      # Each rank on cores of its own; what the site says of it comes later and wins.
      job_command=(srun --ntasks="$ranks" --cpu-bind=cores "${site_srun[@]}")
      # Since Slurm 22.05 a step does not inherit it from the job.
      [ -z "${SLURM_CPUS_PER_TASK:-}" ] || job_command+=(--cpus-per-task="$SLURM_CPUS_PER_TASK")
      [ "$kind" = cpu ] || job_command+=("${site_gpu_step[@]}")
      ;;
    mpirun)
      # Unbound: Open MPI would give a rank one core of its own, and all its threads to that. Asked for more (PE=N) it
      # refuses where Slurm counts hardware threads. Ranks that may use the same cores divide them among themselves.
      job_command=(mpirun -n "$ranks" --bind-to none "${site_mpirun[@]}")
      # By node, as srun places them: the rank's place on its node chooses its GPU.
      [ -z "${SLURM_JOB_NUM_NODES:-}" ] ||
        job_command+=(--map-by "ppr:$(((ranks + SLURM_JOB_NUM_NODES - 1) / SLURM_JOB_NUM_NODES)):node")
      ;;
    *)
      echo "launcher $job_launcher is neither srun nor mpirun" >&2
      exit 2
      ;;
  esac
  job_command+=("$@")
}

# A job that starts again numbers its steps from 0 again. Where a step of the start before has not quite gone from a node,
# the socket of its number is still there, and a step with the same number cannot be launched ("Address already in use").
# Steps that do nothing give those of this start other numbers than those of the last starts had.
job_skip_step_numbers() {
  local restarts=${SLURM_RESTART_COUNT:-0} i
  [ "$job_launcher" = srun ] || return 0
  for ((i = 0; i < restarts % 10; ++i)); do
    srun --nodes=1 --ntasks=1 --mpi=none true </dev/null || true
  done
}

# Runs job_command, waits for it whatever signals come, and leaves its exit code in job_code.
# Slurm gives the signal of --signal=B:USR1@N to this shell alone, so it is handed on. SIGTERM (requeue, preemption,
# time limit) goes to the ranks as well: the shell has only to outlive it.
job_run() {
  job_say "running: ${job_command[*]}"
  if [ -z "${SLURM_JOB_ID:-}" ]; then  # no scheduler: in the foreground, so that Ctrl-C reaches the ranks
    job_code=0
    "${job_command[@]}" || job_code=$?
    return 0
  fi
  local child signalled=1
  trap 'signalled=1; job_say "SIGUSR1: asking for a checkpoint"; kill -USR1 "$child" 2>/dev/null' USR1
  trap 'signalled=1; job_say "SIGTERM: waiting for the ranks"' TERM
  "${job_command[@]}" </dev/null &
  child=$!
  job_code=127
  while [ "$signalled" = 1 ]; do
    signalled=0
    local code=0
    wait "$child" || code=$?
    [ "$code" = 127 ] || job_code=$code  # 127: the shell has told this child's status before
  done
  trap - USR1
  job_say "ended with $job_code"
}

# Puts the job back into the queue; it starts again under the same number, where its chain still waits for it.
job_requeue() {
  local restarts=${SLURM_RESTART_COUNT:-0} most=${SEMSCOPE_MAX_RESTARTS:-100}
  if [ "$restarts" -ge "$most" ]; then
    job_say "not requeued: started $((restarts + 1)) times already (SEMSCOPE_MAX_RESTARTS = $most)"
    return
  fi
  job_say "stopped cleanly before the end: requeue"
  # When Slurm is putting it back already (preemption, scontrol requeue), asking again is refused: no fault.
  scontrol requeue "$job_id" || job_say "scontrol requeue refused; Slurm may have requeued the job itself"
}

# Ends the job as its exit code asks for: a clean stop is requeued, unreadable photos are reported.
job_finish() {
  case "$job_code" in
    75) [ -z "${SLURM_JOB_ID:-}" ] || job_requeue ;;
    3)
      if [ "${SEMSCOPE_ACCEPT_UNREADABLE:-no}" = yes ]; then
        job_say "some photos have no result; the chain goes on without them, as asked for"
        job_code=0
      else
        job_say "some photos could not be read, or have scores that are not finite (listed above)." \
          "All others are done: to go on without" \
          "them, submit the rest with --steps, or the chain with --accept-unreadable"
      fi
      ;;
  esac
  exit "$job_code"
}

# shellcheck disable=SC2034
# CONFIG... [-- OPTION...]: sets job_config, that of this array task where there are several, and job_options.
job_take_arguments() {
  local configs=()
  job_options=()  # for the script that sources this
  while [ $# -gt 0 ]; do
    if [ "$1" = -- ]; then
      shift
      job_options=("$@")
      break
    fi
    configs+=("$1")
    shift
  done
  job_config=${configs[${SLURM_ARRAY_TASK_ID:-0}]:-}
  if [ -z "$job_config" ]; then
    echo "there is no configuration file for array task ${SLURM_ARRAY_TASK_ID:-0} among: ${configs[*]-}" >&2
    exit 2
  fi
}
