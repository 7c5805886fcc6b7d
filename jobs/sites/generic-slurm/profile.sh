# shellcheck shell=bash
# shellcheck disable=SC2034
# Any Slurm with one kind of node: no account, the default partition, one rank per node on its CPU or one GPU.
# --ranks-per-node and --sbatch say more: submit.sh CONFIG --nodes 2 --ranks-per-node 4 --sbatch --gpus-per-node=4
site_description="a Slurm without special rules"
site_tested="no: only with Slurm 22.05 on one machine that plays two nodes, see tests/system/slurm.sh"
site_documentation="https://slurm.schedmd.com/sbatch.html"
# Without a request for GPUs none may be bound.
site_gpu_step=()
