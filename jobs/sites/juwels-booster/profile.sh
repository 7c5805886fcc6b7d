# shellcheck shell=bash
# shellcheck disable=SC2034
site_description="JUWELS Booster (JSC): nodes with 48 cores and 4 NVIDIA A100"
site_tested="no: written from the site's documentation"
site_documentation="https://apps.fz-juelich.de/jsc/hps/juwels/batchsystem.html https://apps.fz-juelich.de/jsc/hps/juwels/affinity.html"
site_needs_account=yes
site_account_hint="The account is the budget of your project; 'jutil user projects' lists yours."
# Open MPI of the site starts through its PMIx.
site_srun=(--mpi=pmix)
site_ranks_per_node=4
site_cpus_per_rank=12
site_gpu_job=(--partition=booster --gres=gpu:4)
# The site's srun makes one GPU visible to each task by itself.
site_gpu_step=()
site_gpu_time=04:00:00
site_cpu_job=(--partition=booster --gres=gpu:4)  # the Booster has no nodes without GPUs
site_cpu_ranks=16
site_cpu_cpus_per_rank=1
