# shellcheck shell=bash
# To be sourced: finds the programs that belong to this jobs folder. Sets SEMSCOPE_BIN unless it is set already.
# An installed tree has them in <prefix>/bin beside <prefix>/share/semscope/jobs; a checkout in build/release/bin.

semscope_find_programs() {
  local jobs=$1 candidate
  if [ -n "${SEMSCOPE_BIN:-}" ]; then
    [ -x "$SEMSCOPE_BIN/semscope-occlude" ] && return 0
    echo "SEMSCOPE_BIN = $SEMSCOPE_BIN holds no semscope-occlude" >&2
    return 2
  fi
  for candidate in "$jobs/../../../bin" "$jobs/../build/release/bin"; do
    if [ -x "$candidate/semscope-occlude" ]; then
      SEMSCOPE_BIN=$(cd "$candidate" && pwd)
      export SEMSCOPE_BIN
      return 0
    fi
  done
  echo "the programs are neither in $jobs/../../../bin nor in $jobs/../build/release/bin: build them" \
    "(bash jobs/build.sh), or set SEMSCOPE_BIN to their folder" >&2
  return 2
}
