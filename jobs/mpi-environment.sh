# shellcheck shell=bash
# To be sourced: lets Open MPI 4 and 5 run as root and with more ranks than cores, as containers and small machines need.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe
export OMPI_MCA_hwloc_base_binding_policy=none
# Where there are more threads than cores, OpenMP's that wait for work leave the cores to the others.
export OMP_WAIT_POLICY=passive
# One machine: shared memory and sockets, no search for fast networks, which takes 1.4 s in every MPI_Init here.
export OMPI_MCA_pml=ob1 OMPI_MCA_btl=^ofi
# Where /sys is hidden (a plain chroot, some containers), hwloc writes a line for every process.
export HWLOC_HIDE_ERRORS=2
