#!/bin/bash
# Installs, builds the release preset, makes the models and runs the tests that
# every change should pass; with --full also those labelled "long" and "full",
# and then the former once more from nothing, in a fresh Debian of the other
# release.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

scripts/setup.sh --tests
scripts/build.sh release
scripts/models.sh --once

selection=(-LE "full|long")
[ "${1:-}" != --full ] || selection=()
say "testing"
status=0
ctest --preset release "${selection[@]}" || status=$?
# ctest counts a test as passed that skipped some of its cases.
skipped="$(sed -nE 's/^(SKIPPED \[.*)$/\1/p; s/^\[  SKIPPED \] ([^ ]+)$/\1/p' \
  build/release/Testing/Temporary/LastTest.log | sort -u)"
if [ -n "$skipped" ]; then
  say "skipped:"
  sed 's/^/    /' <<< "$skipped" >&2
fi
if [ "${1:-}" = --full ] && [ "$status" = 0 ]; then
  scripts/other_release.sh make test || status=$?
fi
exit "$status"
