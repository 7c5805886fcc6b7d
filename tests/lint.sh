#!/usr/bin/env bash
# clang-tidy with the checks of .clang-tidy. Usage: bash tests/lint.sh [--quick] [REGEX_OF_FILES]
# Default: the files of src and postprocess. --quick: without Clang's analyzer, which takes two thirds of the time; the files
# that the release build compiles together are looked at together, so that the headers they share are read once.
# Configures build/lint and builds nothing. Ends with 1 when there is a finding.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=build/lint
options=()
together=OFF  # the analyzer looks at functions of the file itself only
if [ "${1:-}" = --quick ]; then
  options=('-checks=-clang-analyzer-*' "-header-filter=/(semscope|src|postprocess|tests)/.*\\.[hc]pp$")
  together=ON
  shift
fi
rm -rf "$folder"
cmake --preset release -B "$folder/gcc" -DSEMSCOPE_UNITY="$together" >/dev/null

# Clang cannot read gcc's precompiled headers and does not know its options; a file that is part of several programs is
# looked at once. Files that see Torch, which are the ones with a precompiled header of it, are left out: Debian's clang 14
# cannot compile the headers of LibTorch 1.13 as C++20, which this project is written in.
files=$(python3 - "$folder" "${1:-^$PWD/(src|postprocess)/}" <<'EDIT'
import json, pathlib, re, sys
folder, wanted = pathlib.Path(sys.argv[1]).resolve(), re.compile(sys.argv[2])
entries, seen = [], set()
for entry in json.loads((folder / "gcc/compile_commands.json").read_text()):
    file = pathlib.Path(entry["file"])
    if "torch_headers" in entry["command"] or not file.exists():  # the latter is made by the build
        continue
    group = re.findall(r'#include "(/.*)"', file.read_text()) if "Unity" in file.parts else [str(file)]
    group = [each for each in group if wanted.search(each) and each not in seen and
             not re.search(r'#include (<(torch|ATen)/|"torch_module)', pathlib.Path(each).read_text())]
    if not group:
        continue
    seen.update(group)
    command = re.sub(r" (-fpch-preprocess|-Werror|-include \S+/cmake_pch\.hxx)(?= )", "", entry["command"])
    if "Unity" in file.parts:
        entry["file"] = str(folder / f"group_{len(entries)}.cpp")
        pathlib.Path(entry["file"]).write_text(
            "".join(f'#include "{each}"  // NOLINT(bugprone-suspicious-include)\n' for each in group))
        command = command.replace(str(file), entry["file"])
    entries.append(entry | {"command": command})
(folder / "compile_commands.json").write_text(json.dumps(entries))
print(len(seen))
EDIT
)
[ "$files" -gt 0 ] || { echo "lint: no file that it can read matches ${1:-}" >&2; exit 2; }

code=0
run-clang-tidy -quiet -p "$folder" -j "$(nproc)" "${options[@]}" >"$folder/findings.txt" 2>"$folder/messages.txt" || code=$?
if [ "$code" -ne 0 ]; then
  grep -vE '^clang-tidy|^$' "$folder/findings.txt" || cat "$folder/messages.txt" >&2
  exit 1
fi
echo "lint: no findings in $files files"
