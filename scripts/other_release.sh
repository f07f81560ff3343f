#!/bin/bash
# Runs a command in a fresh Debian of the other supported release than this
# machine's: 12 on 13, else 13. Where no other Debian can be made (not root, or a
# container that may not mount) it says so and ends with 0. Options are
# in_debian.sh's.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

other=13
[ "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" != trixie ] || other=12

command -v debootstrap > /dev/null || [ "$(id -u)" != 0 ] ||
  apt-get install -y -qq --no-install-recommends debootstrap > /dev/null 2>&1 ||
  true
if ! reason="$(scripts/in_debian.sh --check "$other" 2>&1)"; then
  say "skipped: Debian $other: ${reason#error: }"
  exit 0
fi
options=()
while [ "${1:-}" = --with ]; do
  options+=("$1" "$2")
  shift 2
done
exec scripts/in_debian.sh "${options[@]}" "$other" "$@"
