#!/bin/bash
# Puts prometheus and promtool, which the tests scrape and check the metrics
# with, into the folder $1. They come out of Debian's packages, of which one
# would start a daemon; so they are unpacked and not installed.
set -euo pipefail
. "$(dirname "$0")/say.sh"

folder="$1"
[ ! -x "$folder/promtool" ] || exit 0

download="$(mktemp -d)"
trap 'rm -rf "$download"' EXIT
# Without apt's own sandbox user, who may not write to this folder.
fetch() {
  local packages=(prometheus)
  # Debian 12 has both programs in one package.
  [ -z "$(apt-cache search --names-only '^promtool$')" ] ||
    packages+=(promtool)
  (cd "$download" && apt-get -o APT::Sandbox::User="$(id -un)" download -qq \
    "${packages[@]}" > /dev/null)
}
# A container's image comes without apt's lists.
fetch 2> /dev/null || {
  as_root apt-get update -qq
  fetch
}
for package in "$download"/*.deb; do
  dpkg-deb -x "$package" "$download/unpacked"
done
mkdir -p "$folder"
# promtool last: it says that the rest is there.
for program in prometheus promtool; do
  mv "$download/unpacked/usr/bin/$program" "$folder/"
done
