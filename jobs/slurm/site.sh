# shellcheck shell=bash
# shellcheck disable=SC2034,SC2317  # the variables and the function are for the scripts that source this
# To be sourced: reads a site profile. semscope_load_site JOBS_FOLDER NAME_OR_FOLDER sets the site_* variables.

semscope_site_defaults() {
  site_description=""            # one line
  site_tested="no"               # "yes", or why not
  site_documentation=""          # where the values below come from
  site_scheduler=slurm           # slurm, or none: run at once on this machine
  site_needs_account=no          # yes: a job without account is refused before it is submitted
  site_account_hint=""           # what an account looks like and where to find one's own
  site_launcher=srun             # srun or mpirun
  site_srun=(--mpi=pmix)         # flags of every srun
  site_mpirun=()                 # flags of every mpirun
  site_gpu_job=()                # sbatch flags of jobs with GPUs (semscope-occlude)
  site_gpu_step=(--gpus-per-task=1)  # srun flags that give each rank its device
  site_cpu_job=()                # sbatch flags of jobs without GPUs (semscope-reduce and the figures)
  site_ranks_per_node=1          # ranks of semscope-occlude on a node: one for each GPU
  site_cpus_per_rank=1
  site_cpu_ranks=1               # ranks of semscope-reduce, semscope-sdm and semscope-report, on one node
  site_cpu_cpus_per_rank=1
  site_gpu_time=04:00:00
  site_cpu_time=01:00:00
  site_signal_seconds=120        # so long before the time limit a checkpoint is asked for
  site_environment() { :; }      # run in the job after the modules are loaded: exports, module use, ...
}

# The modules of the site, one a line in modules.txt; '#' starts a comment.
semscope_site_modules() {
  local folder=$1
  [ ! -f "$folder/modules.txt" ] || sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$folder/modules.txt"
}

semscope_load_site() {
  local jobs=$1 name=$2
  semscope_site_defaults
  site_folder=$name
  case "$name" in
    */*) ;;
    *) site_folder=$jobs/sites/$name ;;
  esac
  if [ ! -f "$site_folder/profile.sh" ]; then
    echo "there is no site profile $site_folder/profile.sh; there are: $(cd "$jobs/sites" && echo *)" \
      "(jobs/sites/template tells how to write one)" >&2
    return 2
  fi
  site_folder=$(cd "$site_folder" && pwd)
  # shellcheck source=/dev/null
  . "$site_folder/profile.sh"
  mapfile -t site_modules < <(semscope_site_modules "$site_folder")
}

# In a job: loads the modules of the site, whichever module system it has.
semscope_load_modules() {
  local init
  if [ "${#site_modules[@]}" -gt 0 ]; then
    export LOGNAME=${LOGNAME:-$(id -un)} USER=${USER:-$(id -un)}  # Lmod's start-up needs both
    set +u
    for init in /etc/profile.d/lmod.sh /etc/profile.d/modules.sh /usr/share/lmod/lmod/init/bash "${MODULESHOME:-}/init/bash"; do
      declare -F module >/dev/null && break
      # shellcheck source=/dev/null
      [ ! -r "$init" ] || . "$init"
    done
    if ! declare -F module >/dev/null; then
      echo "site $site_folder asks for modules (${site_modules[*]}), but this host has no module command" >&2
      return 2
    fi
    if ! module load "${site_modules[@]}"; then
      echo "the modules of $site_folder/modules.txt cannot be loaded: ${site_modules[*]}" >&2
      return 2
    fi
    set -u
  fi
  site_environment
}
