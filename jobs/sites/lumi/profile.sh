# shellcheck shell=bash
# shellcheck disable=SC2034
site_description="LUMI-G (CSC): nodes with 56 usable cores and 8 GPU dies (AMD MI250X)"
site_tested="no: written from the site's documentation; LibTorch for ROCm presents its devices as CUDA"
site_documentation="https://docs.lumi-supercomputer.eu/runjobs/scheduled-jobs/lumig-job/"
site_needs_account=yes
site_account_hint="LUMI projects look like project_465000000; 'lumi-allocations' lists yours."
# The site's MPI is Cray MPICH, which Slurm starts by its own default.
site_srun=()
site_ranks_per_node=8
site_cpus_per_rank=7
site_gpu_job=(--partition=standard-g --gpus-per-node=8)
# All devices stay visible to all ranks; each takes the one of its place on the node.
site_gpu_step=()
site_gpu_time=04:00:00
site_cpu_job=(--partition=small)
site_cpu_ranks=16
site_cpu_cpus_per_rank=1
