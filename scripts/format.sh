#!/bin/bash
# Formats the C++ sources; with --check only says which would change.
set -euo pipefail
cd "$(dirname "$0")/.."

mode=(-i)
[ "${1:-}" != --check ] || mode=(--dry-run --Werror)
git ls-files --cached --others --exclude-standard '*.h' '*.cc' |
  xargs clang-format-14 "${mode[@]}"
