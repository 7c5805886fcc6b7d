#!/usr/bin/env bash
# From nothing to results: installs what is missing, builds, makes the demo data set and its network, runs the main job
# on 2 ranks, reduces, draws, and says where to look. Usage: bash jobs/demo.sh [FOLDER]   (default: demo, which is replaced)
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-demo}
bin=build/release/bin

bash jobs/install-dependencies.sh
bash jobs/build.sh release
# shellcheck source=jobs/mpi-environment.sh
. jobs/mpi-environment.sh
export OMPI_MCA_btl='^tcp,ofi'  # the ranks of one machine need no sockets

echo "== making the demo data set and training its network in $out (about a minute and a half)"
"$bin/semscope-make-demo" "$out" --overwrite
echo "== inhibiting every semantic class of every photo, and classes together for Shapley values, on 2 ranks"
mpirun -n 2 "$bin/semscope-occlude" --config "$out/demo.cfg" --output.overwrite true --attribution.shapley auto \
  --attribution.budget 64 --attribution.curves true --attribution.interactions true
echo "== checking the result"
"$bin/semscope-inspect" --check "$out/occlusion.h5"
echo "== reducing: evaluation and the statistics of every scene"
mpirun -n 2 "$bin/semscope-reduce" --config "$out/demo.cfg" --output.overwrite true
"$bin/semscope-inspect" --scene office "$out/statistics.h5"
echo "== drawing maps, box plots, distributions and word clouds"
mpirun -n 2 "$bin/semscope-sdm" --config "$out/demo.cfg" --output.overwrite true
"$bin/semscope-boxplot" --config "$out/demo.cfg" --output.overwrite true
"$bin/semscope-wordcloud" --config "$out/demo.cfg" --output.overwrite true
"$bin/semscope-attribution" --config "$out/demo.cfg" --output.overwrite true
mpirun -n 2 "$bin/semscope-scene" --config "$out/demo.cfg" --output.overwrite true
echo "== the same with another fill, and what differs"
mpirun -n 2 "$bin/semscope-occlude" --config "$out/demo.cfg" --occlusion.fill blur --output.occlusion "$out/blur.h5" \
  --output.overwrite true
mpirun -n 2 "$bin/semscope-compare" "$out/occlusion.h5" "$out/blur.h5" --output.comparison "$out/comparison.h5" \
  --output.figures "$out/figures" --output.overwrite true
echo "== writing the report"
mpirun -n 2 "$bin/semscope-report" --config "$out/demo.cfg" --output.overwrite true

cat <<END

Done. Look at:
  $out/val/                 the photos, $out/noisy_annotations_RGB/ their label maps
  $out/occlusion.h5         every probability, with every class inhibited (h5dump -H, h5py, xarray)
  $out/occlusion.timing.json  where the time went
  $out/statistics.h5        the statistics; scenes.csv, deviations.csv, scenes.json, evaluation.json beside it
                            ($bin/semscope-inspect --scene field $out/statistics.h5)
  $out/figures/sdm/office/correct/office_0010.panel.png   photo, classes and score deviation map of an office
  $out/figures/boxplot/office.png, $out/figures/wordcloud/office.png, $out/figures/distribution/field.png
                            what supports offices; why fields are missed (SVG and PDF beside them)
  $out/figures/scene/office.png   offices in one figure
  $out/figures/curves.png, $out/figures/interaction/office.png
                            how good the orders of the classes are; which classes stand in for each other in offices
  $out/figures/comparison.png   what another fill changes; tables beside $out/comparison.h5
  $out/planted.json         the truth that was planted in the pictures
  $(readlink -f "$out/report/index.html")
                            all of it to browse: open this page in a browser, or copy the folder first
END
