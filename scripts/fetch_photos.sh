#!/bin/bash
# Puts a few real photographs into the folder $1. They come out of Debian's
# python3-skimage package, which is unpacked and not installed; the origin and
# licence of each are in the photos_origin.py put beside the folder, in which
# there are only pictures.
set -euo pipefail
. "$(dirname "$0")/say.sh"

folder="$1"
origin="$folder/../photos_origin.py"
# Where older checkouts have it.
[ ! -f "$folder/_fetchers.py" ] || mv "$folder/_fetchers.py" "$origin"
photos=(chelsea.png coffee.png camera.png rocket.jpg)
for photo in "${photos[@]}"; do
  [ -f "$folder/$photo" ] || missing=yes
done
[ "${missing:-no}" = yes ] || exit 0

download="$(mktemp -d)"
trap 'rm -rf "$download"' EXIT
# Without apt's own sandbox user, who may not write to this folder.
fetch() {
  (cd "$download" && apt-get -o APT::Sandbox::User="$(id -un)" download -qq \
    python3-skimage > /dev/null)
}
# A container's image comes without apt's lists.
fetch 2> /dev/null || {
  as_root apt-get update -qq
  fetch
}
dpkg-deb -x "$download"/python3-skimage_*.deb "$download/unpacked"
mkdir -p "$folder"
data="$download/unpacked/usr/lib/python3/dist-packages/skimage/data"
for photo in "${photos[@]}"; do cp "$data/$photo" "$folder/"; done
cp "$data/_fetchers.py" "$origin"
