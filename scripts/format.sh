#!/bin/bash
# Formats the C++ sources; with --check only says which would change.
set -euo pipefail
cd "$(dirname "$0")/.."

# Where the release has none: scripts/fetch_clang_format.sh.
PATH="$PATH:$PWD/build/deps/clang-format"
mode=(-i)
[ "${1:-}" != --check ] || mode=(--dry-run --Werror)
git ls-files --cached --others --exclude-standard '*.h' '*.cc' |
  xargs clang-format-14 "${mode[@]}"
