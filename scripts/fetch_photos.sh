#!/bin/bash
# Puts a few real photographs into $1/photos, and those that models are
# calibrated with, of which crops are made, into $1/calibration. They come out of
# Debian's python3-skimage package, which is unpacked and not installed; the
# origin and licence of each are in $1/photos_origin.py.
set -euo pipefail
. "$(dirname "$0")/say.sh"

mkdir -p "$1"
folder="$(cd "$1" && pwd)"
photos=(chelsea.png coffee.png camera.png rocket.jpg)
calibration=("${photos[@]}" astronaut.png brick.png coins.png grass.png
  gravel.png hubble_deep_field.jpg ihc.png moon.png motorcycle_left.png
  retina.jpg)
# Where older checkouts have it.
[ ! -f "$folder/photos/_fetchers.py" ] ||
  mv "$folder/photos/_fetchers.py" "$folder/photos_origin.py"
for photo in "${photos[@]/#/photos/}" "${calibration[@]/#/calibration/}"; do
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
data="$download/unpacked/usr/lib/python3/dist-packages/skimage/data"
mkdir -p "$folder/photos" "$folder/calibration"
(cd "$data" && cp "${photos[@]}" "$folder/photos/")
(cd "$data" && cp "${calibration[@]}" "$folder/calibration/")
cp "$data/_fetchers.py" "$folder/photos_origin.py"
