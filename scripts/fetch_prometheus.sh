#!/bin/bash
# Puts prometheus and promtool, which the tests scrape and check the metrics
# with, into the folder $1. They come out of Debian's package, which is unpacked
# and not installed: it would start a daemon.
set -euo pipefail
. "$(dirname "$0")/say.sh"

folder="$1"
[ ! -x "$folder/promtool" ] || exit 0

download="$(mktemp -d)"
trap 'rm -rf "$download"' EXIT
# Without apt's own sandbox user, who may not write to this folder.
fetch() {
  (cd "$download" && apt-get -o APT::Sandbox::User="$(id -un)" download -qq \
    prometheus > /dev/null)
}
# A container's image comes without apt's lists.
fetch 2> /dev/null || {
  as_root apt-get update -qq
  fetch
}
dpkg-deb -x "$download"/prometheus_*.deb "$download/unpacked"
mkdir -p "$folder"
# promtool last: it says that the rest is there.
for program in prometheus promtool; do
  mv "$download/unpacked/usr/bin/$program" "$folder/"
done
