#!/usr/bin/env bash
# run.sh [--cpu] [OPTION...]: asks everything of a GPU that measure.py knows, with the programs of the pack that this
# script lies in, in under 6 minutes. Options: see measure.py --help. The python that has PyTorch and torchvision is
# named by PYTHON (default: python3). Prints a JSON object a section, and writes all of them to OUT/results.json.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
exec "${PYTHON:-python3}" measure.py "$@"
