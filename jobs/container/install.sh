#!/usr/bin/env bash
# A step of Containerfile and semscope.def: installs semscope.deb, which lies beside this script, and what it depends on.
set -euo pipefail
cd "$(dirname "$0")"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends ./semscope.deb
apt-get clean
rm -rf /var/lib/apt/lists/*
fc-cache --system-only  # users who may write nowhere draw text, too
mkdir -p /data
