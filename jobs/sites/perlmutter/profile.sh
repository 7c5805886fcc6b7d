# shellcheck shell=bash
# shellcheck disable=SC2034
site_description="Perlmutter (NERSC): GPU nodes with 64 cores and 4 NVIDIA A100"
site_tested="no: written from the site's documentation"
site_documentation="https://docs.nersc.gov/systems/perlmutter/running-jobs/ https://docs.nersc.gov/jobs/"
site_needs_account=yes
site_account_hint="NERSC projects look like m1234 (m1234_g for GPU time); 'iris' lists yours."
# Open MPI of the module 'openmpi' starts through PMIx; a build with Cray MPICH needs site_srun=().
site_srun=(--mpi=pmix)
site_ranks_per_node=4
site_cpus_per_rank=32  # hardware threads: 128 a node
site_gpu_job=(--constraint=gpu --qos=regular --gpus-per-node=4)
site_gpu_step=(--gpus-per-task=1)
site_gpu_time=04:00:00
site_cpu_job=(--constraint=cpu --qos=shared)
site_cpu_ranks=16
site_cpu_cpus_per_rank=2
site_environment() {
  export HDF5_USE_FILE_LOCKING=FALSE  # $CFS cannot lock
  export OMP_PROC_BIND=false
}
