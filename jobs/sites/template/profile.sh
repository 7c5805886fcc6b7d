# shellcheck shell=bash
# shellcheck disable=SC2034  # the variables are read by jobs/slurm/site.sh
# Template of a site profile. Copy this folder to jobs/sites/<name> (or anywhere: --site /path/to/folder), change what
# differs from the defaults, and delete the rest. Read by submit.sh on the login node and by the jobs on the compute
# nodes: only assignments here; what costs time or needs a compute node goes into site_environment.
# modules.txt beside it names the modules, one a line; the modulefile of the installation requires the same ones
# (cmake -DSEMSCOPE_SITE=<name>).

site_description="what and where the machine is"
site_tested="no: this is the template"              # "yes" once the chain has run there
site_documentation="https://..."                    # where the values below come from

site_scheduler=slurm                                # none: no queue, run at once on this machine
site_needs_account=no                               # yes: jobs without an account are refused before submission
site_account_hint="Accounts look like abc123; 'sacctmgr show associations user=\$USER' lists yours."

# How ranks are started. srun needs the PMIx plugin that the MPI was built for ('srun --mpi=list' names what is there);
# mpirun works inside any allocation of an Open MPI that knows Slurm.
site_launcher=srun
site_srun=(--mpi=pmix)
site_mpirun=()

# semscope-occlude: one rank for each GPU. A rank takes the device (its place on the node) modulo (the devices that it
# sees), so both one visible device per task and all devices visible to all tasks are right.
site_ranks_per_node=4                               # GPUs of a node
site_cpus_per_rank=16                               # cores of a node / GPUs of a node
site_gpu_job=(--partition=gpu --gpus-per-node=4)    # flags of sbatch
site_gpu_step=(--gpus-per-task=1)                   # flags of srun; () where the site binds devices by itself
site_gpu_time=04:00:00

# semscope-reduce and the figures: one node without GPUs.
site_cpu_job=(--partition=cpu)
site_cpu_ranks=16
site_cpu_cpus_per_rank=1
site_cpu_time=01:00:00

# Seconds before the time limit at which a checkpoint is asked for. Slurm may be up to 60 s early; a checkpoint takes
# one batch and the write.
site_signal_seconds=120

# Run in every job after its modules are loaded.
site_environment() {
  :  # export HDF5_USE_FILE_LOCKING=FALSE   # for file systems that cannot lock
}
