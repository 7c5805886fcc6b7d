# shellcheck shell=bash
# shellcheck disable=SC2034
site_description="one machine without a queue: the chain runs at once, step after step"
site_tested=yes
site_documentation="jobs/README.md"
site_scheduler=none
site_launcher=mpirun
# One rank: it uses every core, and a GPU if there is one. More for more GPUs: --ranks-per-node.
site_ranks_per_node=1
site_cpu_ranks=2
site_environment() {
  # shellcheck source=jobs/mpi-environment.sh
  . "$SEMSCOPE_JOBS/mpi-environment.sh"  # more ranks than cores, root in a container
}
