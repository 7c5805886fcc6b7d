#!/usr/bin/env bash
# Submits the chain (semscope-segment ->) semscope-occlude -> semscope-reduce -> figures (-> semscope-compare) and prints the
# job numbers. See jobs/README.md.
set -euo pipefail

usage() {
  cat <<'END'
usage: submit.sh CONFIG... [OPTION...] [-- PROGRAM_OPTION...]
  CONFIG                configuration file; several make an array job, one task each
  --site NAME           profile jobs/sites/NAME, or a folder (with a /) of your own     [$SEMSCOPE_SITE or generic-slurm]
  --nodes N             nodes of semscope-occlude                                       [1]
  --ranks-per-node N    its ranks on each node                                          [the site's]
  --time T              its time limit; it is requeued and resumed until done           [the site's]
  --account A, --partition P, --qos Q
                        of all jobs                                                     [$SEMSCOPE_ACCOUNT, the site's]
  --launcher L          srun or mpirun                                                  [the site's]
  --steps LIST          of segment,occlude,reduce,figures,compare          [all; segment where a configuration has
                        segment.model, compare where it has compare.second]
  --accept-unreadable   go on to the statistics when some photos have no result:
                        they could not be read, or their scores are not finite
  --logs FOLDER         where the jobs' logs go                                         [semscope-logs]
  --sbatch FLAG         a further flag of every sbatch; may be given several times
  --print               print the commands, submit nothing
PROGRAM_OPTIONs go to every program, for instance -- --data.limit 100
END
}

refuse() {
  echo "submit.sh: $*" >&2
  exit 2
}

jobs=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
# shellcheck source=jobs/programs.sh
. "$jobs/programs.sh"
# shellcheck source=jobs/slurm/site.sh
. "$jobs/slurm/site.sh"

configs=() program_options=() more_flags=()
site=${SEMSCOPE_SITE:-generic-slurm} account=${SEMSCOPE_ACCOUNT:-} steps="" logs=semscope-logs
nodes=1 ranks_per_node="" time="" partition="" qos="" launcher="" accept=no print=no
while [ $# -gt 0 ]; do
  case "$1" in
    --) shift; program_options=("$@"); break ;;
    --help|-h) usage; exit 0 ;;
    --accept-unreadable) accept=yes; shift; continue ;;
    --print) print=yes; shift; continue ;;
    --site|--nodes|--ranks-per-node|--time|--account|--partition|--qos|--launcher|--steps|--logs|--sbatch)
      [ $# -ge 2 ] || refuse "$1 needs a value (see --help)"
      case "$1" in
        --site) site=$2 ;;
        --nodes) nodes=$2 ;;
        --ranks-per-node) ranks_per_node=$2 ;;
        --time) time=$2 ;;
        --account) account=$2 ;;
        --partition) partition=$2 ;;
        --qos) qos=$2 ;;
        --launcher) launcher=$2 ;;
        --steps) steps=$2 ;;
        --logs) logs=$2 ;;
        --sbatch) more_flags+=("$2") ;;
      esac
      shift 2
      ;;
    -*) refuse "unknown option $1 (see --help; options of the programs go behind --)" ;;
    *) configs+=("$1"); shift ;;
  esac
done

# Everything that can be wrong is looked at before anything is submitted.
problems=()
[ "${#configs[@]}" -gt 0 ] || problems+=("no configuration file is given (see --help)")
for i in "${!configs[@]}"; do
  if [ -f "${configs[$i]}" ]; then
    configs[i]=$(readlink -f "${configs[$i]}")
  else
    problems+=("${configs[$i]}: there is no such configuration file")
  fi
done
# Whether a configuration sets an option, for instance segment model: `model` below [segment], or segment.model.
has_option() {
  local group=$1 name=$2
  shift 2
  awk -v group="$group" -v name="$name" '
       BEGIN { value = "[[:space:]]*=[[:space:]]*[^[:space:]]"; own = "\\[[[:space:]]*" group "[[:space:]]*\\]" }
       /^[[:space:]]*\[/ { section = $0 }
       $0 ~ "^[[:space:]]*" group "\\." name value { found = 1 }
       $0 ~ "^[[:space:]]*" name value && section ~ own { found = 1 }
       END { exit !found }' "$@"
}
if [ -z "$steps" ]; then
  steps=occlude,reduce,figures
  [ "${#problems[@]}" -gt 0 ] || ! has_option segment model "${configs[@]}" || steps=segment,$steps
  [ "${#problems[@]}" -gt 0 ] || ! has_option compare second "${configs[@]}" || steps=$steps,compare
fi
for number in "$nodes" "${ranks_per_node:-1}"; do
  [[ $number =~ ^[1-9][0-9]*$ ]] || problems+=("$number is no number of nodes or ranks")
done
if complaint=$(semscope_load_site "$jobs" "$site" 2>&1); then
  semscope_load_site "$jobs" "$site"
  [ "$site_needs_account" = no ] || [ -n "$account" ] ||
    problems+=("site $site charges every job to an account, and none is given: use --account or set SEMSCOPE_ACCOUNT. $site_account_hint")
  launcher=${launcher:-$site_launcher}
  [ "$launcher" = srun ] || [ "$launcher" = mpirun ] || problems+=("launcher $launcher is neither srun nor mpirun")
  [ "$site_scheduler" = none ] || [ "$print" = yes ] || command -v sbatch >/dev/null ||
    problems+=("there is no sbatch on this machine; without Slurm use --site workstation")
else
  problems+=("$complaint")
fi
programs=(semscope-inspect)
for step in ${steps//,/ }; do
  case "$step" in
    segment) programs+=(semscope-segment) ;;
    occlude) programs+=(semscope-occlude) ;;
    reduce) programs+=(semscope-reduce) ;;
    figures) programs+=(semscope-sdm semscope-boxplot semscope-wordcloud semscope-report) ;;
    compare) programs+=(semscope-compare) ;;
    *) problems+=("unknown step $step; there are segment, occlude, reduce, figures, compare") ;;
  esac
done
if complaint=$(semscope_find_programs "$jobs" 2>&1); then
  semscope_find_programs "$jobs"
  for program in "${programs[@]}"; do
    [ -x "$SEMSCOPE_BIN/$program" ] || problems+=("$SEMSCOPE_BIN holds no $program (leave its step out with --steps)")
  done
else
  problems+=("$complaint")
fi
if [ "${#problems[@]}" -gt 0 ]; then
  for problem in "${problems[@]}"; do echo "submit.sh: $problem" >&2; done
  exit 2
fi

# The jobs read these; Slurm keeps them with the job, through requeues too.
export SEMSCOPE_JOBS=$jobs SEMSCOPE_BIN SEMSCOPE_LAUNCHER=$launcher SEMSCOPE_ACCEPT_UNREADABLE=$accept
export SEMSCOPE_SITE=$site_folder
[ -z "$ranks_per_node" ] || export SEMSCOPE_RANKS=$ranks_per_node
[ "$site_tested" = yes ] || echo "note: the profile $site was not tested there: $site_tested" >&2
arguments=("${configs[@]}")
[ "${#program_options[@]}" -eq 0 ] || arguments+=(-- "${program_options[@]}")

if [ "$site_scheduler" = none ]; then
  for i in "${!configs[@]}"; do
    for step in ${steps//,/ }; do
      if [ "$print" = yes ]; then
        echo "bash $jobs/slurm/$step.sbatch ${configs[$i]} ${program_options[*]:+-- ${program_options[*]}}"
      else
        echo "== $step ${configs[$i]}"
        bash "$jobs/slurm/$step.sbatch" "${configs[$i]}" -- "${program_options[@]}"
      fi
    done
  done
  exit 0
fi

log_pattern=%x-%j.log
[ "${#configs[@]}" -eq 1 ] || log_pattern=%x-%A_%a.log
common=(--parsable --export=ALL --kill-on-invalid-dep=yes --output="$logs/$log_pattern")
[ -z "$account" ] || common+=(--account="$account")
[ "${#configs[@]}" -eq 1 ] || common+=(--array="0-$((${#configs[@]} - 1))")

# Later flags win, so what the command line says comes after the site's.
flags_of() {
  if [ "$1" = occlude ] || [ "$1" = segment ]; then
    local ranks=${ranks_per_node:-$site_ranks_per_node}
    flags=("${site_gpu_job[@]}" --nodes="$nodes" --ntasks="$((nodes * ranks))" --ntasks-per-node="$ranks"
      --cpus-per-task="$site_cpus_per_rank" --time="${time:-$site_gpu_time}"
      --signal="B:USR1@$site_signal_seconds")
  else
    flags=("${site_cpu_job[@]}" --nodes=1 --ntasks="$site_cpu_ranks" --cpus-per-task="$site_cpu_cpus_per_rank"
      --time="$site_cpu_time")
  fi
  [ -z "$partition" ] || flags+=(--partition="$partition")
  [ -z "$qos" ] || flags+=(--qos="$qos")
}

# In an array each task waits for the task of its own configuration only.
relation=afterok
[ "${#configs[@]}" -eq 1 ] || relation=aftercorr
[ "$print" = yes ] || mkdir -p "$logs"
previous=""
for step in ${steps//,/ }; do
  flags_of "$step"
  command=(sbatch "${common[@]}" "${flags[@]}" "${more_flags[@]}")
  [ -z "$previous" ] || command+=(--dependency="$relation:$previous")
  command+=("$jobs/slurm/$step.sbatch" "${arguments[@]}")
  if [ "$print" = yes ]; then
    printf '%q ' "${command[@]}"
    echo
    previous="<job of $step>"
    continue
  fi
  if ! answer=$("${command[@]}"); then
    [ -z "$previous" ] || echo "submit.sh: jobs submitted before this refusal stay in the queue: $previous" >&2
    exit 1
  fi
  previous=${answer%%;*}
  echo "$step $previous"
done
