#!/bin/bash
# Puts a few real photographs into the folder $1. They come out of Debian's
# python3-skimage package, which is unpacked and not installed; the origin and
# licence of each are in the _fetchers.py put beside them.
set -euo pipefail

folder="$1"
photos=(chelsea.png coffee.png camera.png rocket.jpg)
for photo in "${photos[@]}"; do
  [ -f "$folder/$photo" ] || missing=yes
done
[ "${missing:-no}" = yes ] || exit 0

download="$(mktemp -d)"
trap 'rm -rf "$download"' EXIT
cd "$download"
# Without apt's own sandbox user, who may not write to this folder.
apt-get -o APT::Sandbox::User="$(id -un)" download -qq python3-skimage > /dev/null
dpkg-deb -x python3-skimage_*.deb unpacked
cd - > /dev/null
mkdir -p "$folder"
data="$download/unpacked/usr/lib/python3/dist-packages/skimage/data"
for photo in "${photos[@]}"; do cp "$data/$photo" "$folder/"; done
cp "$data/_fetchers.py" "$folder/"
