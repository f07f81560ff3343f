#!/bin/bash
# Builds, and installs below PREFIX (default /usr/local), which DESTDIR may be
# put before. With arguments only these components: server, gateway, client
# (the command), dev (the C++ client library), tools (makes model packages).
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

prefix="${PREFIX:-/usr/local}"
scripts/build.sh release wanwu_installed
say "installing to ${DESTDIR:-}$prefix"
if [ $# -eq 0 ]; then
  cmake --install build/release --prefix "$prefix"
else
  for component in "$@"; do
    cmake --install build/release --prefix "$prefix" --component "$component"
  done
fi
