#!/bin/bash
# Puts the image's model packages into models/: all that are in the folder $1 if
# there are any, else one that is made, of the weights (*.pth) in the folder $2
# and by the pictures in the folder $3 if there are some.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

packages="$1" weights="$2" pictures="$3"
mkdir -p models
if compgen -G "$packages/*/*/manifest.json" > /dev/null; then
  cp -r "$packages/." models/
else
  for file in "$weights"/*.pth; do
    [ ! -f "$file" ] || export WANWU_WEIGHTS="$file"
  done
  if compgen -G "$pictures/*" > /dev/null; then
    mkdir -p ../shared
    ln -s "$pictures" ../shared/images
  fi
  scripts/models.sh --first
fi
chmod -R a+rX models
find models -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +
