#!/usr/bin/env bash
# clang-tidy with the checks of .clang-tidy. Usage: bash tests/lint.sh [--quick] [REGEX_OF_FILES]
# Default: the files of src and postprocess. --quick: without Clang's analyzer, which takes two thirds of the time.
# Configures build/lint and builds nothing. Ends with 1 when there is a finding.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=build/lint
commands=$folder/gcc/compile_commands.json
# File by file: in the release build one command compiles a group of files.
cmake --preset release -B "$folder/gcc" -DSEMSCOPE_UNITY=OFF >/dev/null
checks=()
if [ "${1:-}" = --quick ]; then
  checks=('-checks=-clang-analyzer-*')
  shift
fi

# Clang cannot read gcc's precompiled header and does not know its options; a file that is part of several programs is
# looked at once. Files that see Torch, which are the ones with that header, are left out: Debian's clang 14 cannot compile
# the headers of LibTorch 1.13 as C++20, which this project is written in.
python3 - "$commands" "$folder/compile_commands.json" <<'EDIT'
import json, os, re, sys
entries = {}
for entry in json.load(open(sys.argv[1])):
    if not os.path.exists(entry["file"]):  # made by the build
        continue
    if "cmake_pch.hxx" in entry["command"] or re.search(r'#include (<(torch|ATen)/|"torch_module)', open(entry["file"]).read()):
        continue
    entry["command"] = re.sub(r" (-fpch-preprocess|-Werror)(?= )", "", entry["command"])
    entries.setdefault(entry["file"], entry)
json.dump(list(entries.values()), open(sys.argv[2], "w"))
EDIT

code=0
run-clang-tidy -quiet -p "$folder" -j "$(nproc)" "${checks[@]}" "${1:-^$PWD/(src|postprocess)/}" >"$folder/findings.txt" 2>"$folder/messages.txt" ||
  code=$?
if [ "$code" -ne 0 ]; then
  grep -vE '^clang-tidy|^$' "$folder/findings.txt" || cat "$folder/messages.txt" >&2
  exit 1
fi
echo "lint: no findings in $(grep -c '^clang-tidy' "$folder/findings.txt") files"
