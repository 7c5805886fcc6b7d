#!/bin/sh
# The installed programs from a small demo set to the report, on 2 ranks. For package.sh and container.sh.
# Usage: sh demo_chain.sh FOLDER
set -e
cd "$1"
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_pml=ob1 OMPI_MCA_btl=^tcp,ofi \
  HWLOC_HIDE_ERRORS=2 OMP_NUM_THREADS=1
semscope-make-demo demo --images-per-scene 3 --train-per-scene 60 --threads 1 --overwrite
mpirun -n 2 semscope-occlude --config demo/demo.cfg --output.overwrite true --run.threads 1
semscope-inspect --check demo/occlusion.h5
mpirun -n 2 semscope-reduce --config demo/demo.cfg --output.overwrite true
mpirun -n 2 semscope-sdm --config demo/demo.cfg --output.overwrite true --figures.limit 1
semscope-boxplot --config demo/demo.cfg --output.overwrite true
semscope-wordcloud --config demo/demo.cfg --output.overwrite true
mpirun -n 2 semscope-report --config demo/demo.cfg --output.overwrite true
for made in statistics.h5 figures/sdm figures/boxplot figures/wordcloud report/index.html; do
  [ -e "demo/$made" ] || { echo "the chain did not make $made"; exit 1; }
done
