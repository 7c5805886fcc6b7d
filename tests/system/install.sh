#!/usr/bin/env bash
# cmake --install, the tree moved elsewhere, its modulefile under Lmod, its scripts from another folder.
# Usage: bash tests/system/install.sh BUILD_FOLDER DEMO_FOLDER
# Exit codes: 0 as it must be; 1 not; 77 without Lmod (the last line says so; what needs no Lmod was tested).
set -euo pipefail
build=$(readlink -f "${1:?folder of the build}")
source=$(cd "$(dirname "$0")/../.." && pwd)
demo=$(readlink -f "${2:?folder of the demo data set}")
scratch=$(mktemp -d /tmp/semscope-install-XXXXXX)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "install.sh: FAILED: $*"; exit 1; }
unset SEMSCOPE_BIN SEMSCOPE_SITE SEMSCOPE_JOBS SEMSCOPE_ACCOUNT

cmake --install "$build" --prefix "$scratch/first" >/dev/null
mkdir "$scratch/elsewhere"  # without a blank: Lmod 8.6 cannot read a Tcl modulefile below a folder that has one
mv "$scratch/first" "$scratch/elsewhere/semscope"
root="$scratch/elsewhere/semscope"
cd /

for program in occlude reduce compare segment inspect make-demo sdm boxplot wordcloud scene report; do
  "$root/bin/semscope-$program" --version | grep LibTorch >/dev/null || [ "$program" != occlude ] || fail "semscope-$program --version"
  "$root/bin/semscope-$program" --help >/dev/null || fail "semscope-$program --help"
done
[ -f "$root/include/semscope/results/occlusion_file.hpp" ] || fail "the headers are missing"
[ -f "$root/share/semscope/config/places365.cfg" ] || fail "the configuration is missing"

submit="$root/share/semscope/jobs/slurm/submit.sh"
printf '[data]\nroot = .\n' >"$scratch/run.cfg"
plan=$(bash "$submit" "$scratch/run.cfg" --print --steps occlude,reduce --nodes 3 --ranks-per-node 4 2>/dev/null)
grep -q -- "--nodes=3 --ntasks=12 --ntasks-per-node=4" <<<"$plan" || fail "the plan of the installed submit.sh: $plan"
grep -q -- "--dependency=afterok" <<<"$plan" || fail "the reduction does not wait for the main job: $plan"
two=$(bash "$submit" "$scratch/run.cfg" "$scratch/run.cfg" --print --steps occlude,reduce 2>/dev/null)
for flag in "--array=0-1" "--dependency=aftercorr"; do
  grep -q -- "$flag" <<<"$two" || fail "two configurations are no array: $two"
done
printf '[segment]\nmodel = network.ts\n' >"$scratch/segment.cfg"
first=$(bash "$submit" "$scratch/segment.cfg" --print 2>/dev/null)
first=${first%%$'\n'*}
grep -q -- "--signal=B:USR1.*segment.sbatch" <<<"$first" || fail "segment.model does not begin the chain: $first"
! grep -q segment.sbatch <<<"$plan" || fail "a chain without segment.model has its step: $plan"
code=0
text=$(bash "$submit" "$scratch/nowhere.cfg" --site perlmutter --print --nodes 0 --steps occlude,reduec 2>&1) || code=$?
[ "$code" = 2 ] || fail "wrong usage of submit.sh ended with $code: $text"
for complaint in "nowhere.cfg" "SEMSCOPE_ACCOUNT" "0 is no number" "reduec"; do
  grep -q -- "$complaint" <<<"$text" || fail "submit.sh does not say $complaint: $text"
done
for site in "$source"/jobs/sites/*/; do
  site=$(basename "$site")
  text=$(bash "$submit" "$scratch/run.cfg" --site "$site" --account abc --print --steps occlude,reduce 2>&1) || fail "site $site: $text"
done

# The chain without a queue, from the installed tree, on a data set with one damaged photo.
mkdir "$scratch/data"
cp -r "$demo/noisy_annotations_RGB" "$demo"/*.txt "$demo/model.ts" "$demo/demo.cfg" "$scratch/data"
cp -r "$demo/val" "$scratch/data/val"
damaged=$(sed -n 3p "$scratch/data/val.txt")
truncate -s 1500 "$scratch/data/$damaged"
chain() { bash "$submit" "$scratch/data/demo.cfg" --site workstation --ranks-per-node 2 "$@" -- --data.limit 12 \
  --run.threads 1 --figures.limit 1 --figures.formats png >"$scratch/log" 2>&1; }
code=0
chain || code=$?
[ "$code" = 3 ] || { cat "$scratch/log"; fail "a photo that cannot be read ended the chain with $code and not 3"; }
grep -q "$damaged" "$scratch/log" || { cat "$scratch/log"; fail "the damaged photo is not named"; }
[ ! -e "$scratch/data/statistics.h5" ] || fail "the chain went on after exit code 3"
chain --accept-unreadable || { cat "$scratch/log"; fail "the chain with --accept-unreadable"; }
grep -q "nothing is left to do" "$scratch/log" || fail "the second run did the finished images again"
for made in statistics.h5 figures/sdm figures/boxplot figures/wordcloud report/index.html; do
  [ -e "$scratch/data/$made" ] || { cat "$scratch/log"; fail "the chain did not make $made"; }
done

# The modules of a site become requirements.
mkdir "$scratch/site" "$scratch/modules"
printf '# of the test\ntestmpi/4.1  # with a remark\n\ntestlib\n' >"$scratch/site/modules.txt"
cmake -DFOLDER="$scratch/site" -DVERSION=9.9 -DDESCRIPTION=test -DTEMPLATE="$source/modules/semscope.tcl.in" \
  -DOUTPUT="$scratch/elsewhere/semscope/share/modulefiles/semscope/9.9" -P "$source/src/write_modulefile.cmake" >/dev/null
mkdir "$scratch/modules/testmpi"
printf '#%%Module1.0\nsetenv TEST_MPI yes\n' >"$scratch/modules/testmpi/4.1"
printf '#%%Module1.0\nsetenv TEST_LIB yes\n' >"$scratch/modules/testlib"

if [ ! -r /etc/profile.d/lmod.sh ]; then
  echo "install.sh: SKIPPED, the modulefile is not tested: Lmod is not installed (bash jobs/install-dependencies.sh --cluster)"
  exit 77
fi
export LOGNAME=${LOGNAME:-$(id -un)} USER=${USER:-$(id -un)}
set +u
# shellcheck source=/dev/null
. /etc/profile.d/lmod.sh
module use "$root/share/modulefiles" "$scratch/modules"

module load semscope/0.1.0 || fail "module load"
[ "$(command -v semscope-occlude)" = "$root/bin/semscope-occlude" ] || fail "PATH leads to $(command -v semscope-occlude)"
semscope-inspect --version >/dev/null || fail "the program that the module finds does not start"
[ -f "$SEMSCOPE_JOBS/slurm/submit.sh" ] || fail "SEMSCOPE_JOBS = $SEMSCOPE_JOBS"
[ "$SEMSCOPE_SITE" = generic-slurm ] || fail "SEMSCOPE_SITE = $SEMSCOPE_SITE"
module help semscope/0.1.0 2>&1 | grep submit.sh >/dev/null || fail "module help"
module whatis semscope/0.1.0 2>&1 | grep "Version: 0.1.0" >/dev/null || fail "module whatis"
module unload semscope
[ -z "$(command -v semscope-occlude || true)${SEMSCOPE_JOBS:-}" ] || fail "module unload leaves something behind"

module load semscope/9.9 || fail "loading with prerequisites"
[ "$TEST_MPI$TEST_LIB" = yesyes ] || fail "the modules of the site were not loaded"
module load semscope/0.1.0
[ "$(module -t list 2>&1 | grep -c '^semscope')" = 1 ] || fail "two versions are loaded at once"
module purge
rm -r "$scratch/modules/testmpi"
module --ignore_cache load semscope/9.9 2>"$scratch/complaint" && fail "a missing prerequisite was accepted"
grep -q testmpi "$scratch/complaint" || fail "the missing prerequisite is not named: $(cat "$scratch/complaint")"
echo "install.sh: OK: the installed tree works where it was moved to, and its modulefile under Lmod $LMOD_VERSION"
