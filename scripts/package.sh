#!/bin/bash
# Makes Debian packages for this machine's release: scripts/package.sh [FOLDER
# [VERSION]]. Default: build/packages, and the version of the sources.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

folder="${1:-build/packages}"
version=()
[ $# -lt 2 ] || version=(-R "$2")
mkdir -p build "$folder"
folder="$(realpath "$folder")"

scripts/build.sh release wanwu_installed
say "packaging"
log=build/package.log
cpack --config build/release/CPackConfig.cmake -B "$folder" "${version[@]}" \
  > "$log" 2>&1 || {
  cat "$log" >&2
  fail "no packages could be made; the log is above"
}
# Where the files were gathered.
rm -rf "$folder/_CPack_Packages"
sed -n 's/^CPack: - package: \(.*\) generated\.$/\1/p' "$log"
