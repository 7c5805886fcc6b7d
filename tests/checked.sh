#!/usr/bin/env bash
# The tests in a build with AddressSanitizer, UndefinedBehaviorSanitizer, the assertions of the standard library and
# counters of lines; then the share of lines that ran. Usage: bash tests/checked.sh [--quick | CTEST_ARGUMENT...]
# --quick: the unit and MPI tests and the pipeline on the demo set alone, and nothing else is built; a program of unit tests
# runs in three parts and not test by test; no share of lines.
# COVERAGE=N (default 85): the run of all tests ends with an error when fewer percent of the lines of src and include ran.
set -euo pipefail
cd "$(dirname "$0")/.."
bash jobs/install-dependencies.sh
# The demo set of the release build, if its tests made one: it has the same bytes, and takes minutes with sanitizers.
demo=$PWD/build/release/tests/demo
[ -e "$demo/demo.cfg" ] || demo=
preset=checked
if [ "${1:-}" = --quick ]; then
  preset=checked-quick
  cmake --preset "$preset" -DSEMSCOPE_WERROR=ON "-DSEMSCOPE_DEMO_DIR=$demo" >/dev/null
  cmake --build --preset "$preset" --target semscope_quick_tests
  set -- --tests-regex '^unit[.]|^mpi[.]|OnTheDemoSet|make_demo'
else
  bash jobs/build.sh checked -DSEMSCOPE_WERROR=ON "-DSEMSCOPE_DEMO_DIR=$demo"
fi
find "build/$preset" \( -name '*.gcda' -o -name counters.log \) -delete
# shellcheck source=jobs/mpi-environment.sh
. jobs/mpi-environment.sh
# Left to the release build: what measures time or must hit a moment within a run (and a killed process writes no
# counters), what limits the size of files (the counters are files), Python scripts that start no program of ours, and what
# starts the same programs in the same way as others: on a cluster, installed, on real photos after those of the demo set.
elsewhere='slurm|two_hosts|system\.install|export_network|download_places365|RealPhotos|RealNumbers'
moments='Kill|Signal|Stall|watchdog|FailingWrite'
ctest --preset "$preset" --parallel 3 --exclude-regex "$elsewhere|$moments" "$@"
[ "$preset" = checked ] || exit 0

coverage() {  # NAME FOLDER...: lines of each file, those with the most lines that never ran first
  local name=$1 filters=() folder
  shift
  for folder; do filters+=(--filter "$folder/"); done
  gcovr --root . --object-directory build/checked --gcov-executable "gcov-$(gcc -dumpversion | cut -d. -f1)" -j 2 \
    "${filters[@]}" --sort-uncovered --txt "build/checked/coverage-$name.txt" --print-summary build/checked
}
if [ -e build/checked/counters.log ]; then
  grep -oE '[^/:]+\.gcda' build/checked/counters.log | sort | uniq -c | sort -rn >build/checked/counters.txt || true
  [ ! -s build/checked/counters.txt ] || { echo "counts lost, of processes that were killed:"; head -n 10 build/checked/counters.txt; }
fi
echo "lines of src and include that ran (build/checked/coverage-library.txt):"
coverage library src include | tee build/checked/coverage-library.summary
echo "lines of postprocess that ran (build/checked/coverage-postprocess.txt):"
coverage postprocess postprocess
[ $# -eq 0 ] || exit 0  # a choice of tests says nothing about the whole
lines=$(sed -nE 's/^lines: ([0-9]+).*/\1/p' build/checked/coverage-library.summary)
[ "$lines" -ge "${COVERAGE:-85}" ] || { echo "checked: $lines % of the lines are less than ${COVERAGE:-85} %" >&2; exit 1; }
