#!/bin/bash
# Configures and builds the CMake preset $1; further arguments are targets.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

preset="$1"
shift
targets=()
[ $# -eq 0 ] || targets=(--target "$@")
[ -f "build/$preset/build.ninja" ] || {
  say "configuring the $preset preset"
  cmake --preset "$preset" > "build/$preset.configure.log" 2>&1 || {
    cat "build/$preset.configure.log" >&2
    fail "cmake could not configure; the log is above"
  }
}
# Another checkout of the same sources finds the same objects.
export CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1
say "building the $preset preset"
cmake --build "build/$preset" "${targets[@]}"
