#!/bin/bash
# Installs, builds the release preset, makes the models and runs every default
# test; with --full also those labelled "full".
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

scripts/setup.sh --tests
scripts/build.sh release
scripts/models.sh

selection=(-LE full)
[ "${1:-}" != --full ] || selection=()
say "testing"
ctest --preset release "${selection[@]}"
