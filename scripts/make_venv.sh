#!/bin/bash
# Makes a virtual environment in the folder $1 with what the file $2 pins
# (PyPI); again once that file has changed. Further arguments are venv's own.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

folder="$1" requirements="$2"
cmp -s "$requirements" "$folder/requirements.txt" && exit 0

say "fetching what $requirements names from PyPI"
rm -rf "$folder"
/usr/bin/python3 -m venv "${@:3}" "$folder"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check \
  --no-deps --only-binary :all: --require-hashes -r "$requirements" || {
  rm -rf "$folder"
  fail "it could not be fetched, or is not what was pinned; see above"
}
# Last: it says that the rest is there.
cp "$requirements" "$folder/requirements.txt"
