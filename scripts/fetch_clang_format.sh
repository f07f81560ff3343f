#!/bin/bash
# Puts clang-format-14 (PyPI) into the folder $1, for releases without it: other
# versions format a little differently.
set -euo pipefail
. "$(dirname "$0")/fetch_wheel.sh"

folder="$1"
[ ! -x "$folder/clang-format-14" ] || exit 0

download="$(mktemp -d)"
trap 'rm -rf "$download"' EXIT
fetch_wheel "$download" clang-format==14.0.6 \
  d7c1c5e404c58e55f0170f01b3c5611dce6c119e62b5d1020347e0ad97d5a047
/usr/bin/python3 -m zipfile -e "$download"/*.whl "$download/unpacked"
mkdir -p "$folder"
install "$download/unpacked/clang_format/data/bin/clang-format" \
  "$folder/clang-format-14"
