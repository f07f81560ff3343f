#!/bin/bash
# Bundles the WebUI (gateway/web) into the folder $1. Node 18 or newer.
set -euo pipefail
out="$1"
cd "$(dirname "$0")/../gateway/web"

# One installation serves all presets; two builds must not make it at once.
exec 9> .install.lock
flock 9
if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
  npm ci --no-audit --no-fund --loglevel=error
fi
flock -u 9
npm run --silent build -- --outDir "$out" --emptyOutDir --logLevel warn
