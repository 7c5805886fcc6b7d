#!/usr/bin/env bash
# Builds the fuzz targets and runs each for some seconds from its seeds; ends with an error on any finding.
# Usage: bash tests/fuzz/run.sh [SECONDS [TARGET...]]     (default: 20 s of each target)
# What was found is kept in build/fuzz/findings/<target>, and the corpus in build/fuzz/corpus/<target> for the next time;
# SEMSCOPE_FUZZ_OUT names another folder than build/fuzz for both.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-20}
shift || true
targets=("$@")
[ "${#targets[@]}" -gt 0 ] || targets=(fuzz_archives fuzz_config fuzz_tables fuzz_pictures fuzz_results fuzz_comparison)
out=${SEMSCOPE_FUZZ_OUT:-build/fuzz}

bash jobs/build.sh fuzz >/dev/null
python=/usr/bin/python3  # Debian's: it has the Debian packages
[ -x "$python" ] || python=python3
"$python" tests/fuzz/make_seeds.py "$out/seeds"

# Sanitizers: stop at the first mistake; give up on requests for memory instead of taking it.
export ASAN_OPTIONS=allocator_may_return_null=0:detect_stack_use_after_return=0
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export LSAN_OPTIONS=suppressions=$PWD/tests/fuzz/leaks.txt:print_suppressions=0
failed=()
for target in "${targets[@]}"; do
  mkdir -p "$out/corpus/$target" "$out/findings/$target"
  arguments=("-max_total_time=$seconds" -rss_limit_mb=2048 -malloc_limit_mb=2048 -timeout=25 -print_final_stats=1
             "-artifact_prefix=$out/findings/$target/")
  [ ! -e "tests/fuzz/dictionaries/$target.dict" ] || arguments+=("-dict=tests/fuzz/dictionaries/$target.dict")
  leaks=1
  if [[ $target == fuzz_results || $target == fuzz_comparison ]]; then
    leaks=0  # Open MPI's file reading loses memory of its own
    # Longer lists of changes only end in a file that does not open.
    arguments+=(-max_len=128 -len_control=0)
  fi
  log=$out/$target.log
  corpora=("$out/corpus/$target" "$out/seeds/$target")
  [ ! -d "tests/fuzz/seeds/$target" ] || corpora+=("tests/fuzz/seeds/$target")
  if ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=$leaks "build/fuzz/fuzz/$target" "${arguments[@]}" "${corpora[@]}" >"$log" 2>&1; then
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    coverage=$(grep -o ' cov: [0-9]* ft: [0-9]* corp: [0-9]*' "$log" | tail -n 1)
    echo "$target: $runs inputs in $seconds s, no finding;$coverage"
  else
    echo "$target: a finding, see $log and $out/findings/$target" >&2
    grep -m 5 -E '^(finding:|SUMMARY|==[0-9]+==ERROR|.*runtime error)' "$log" >&2 || true
    failed+=("$target")
  fi
done
[ "${#failed[@]}" -eq 0 ] || exit 1
