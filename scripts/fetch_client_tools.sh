#!/bin/bash
# Makes a virtual environment with what the Python client is built and
# type-checked with (PyPI), in the folder $1.
set -euo pipefail
cd "$(dirname "$0")/.."

folder="$1"
requirements=tests/interop/client_tools_requirements.txt
cmp -s "$requirements" "$folder/requirements.txt" && exit 0

rm -rf "$folder"
/usr/bin/python3 -m venv "$folder"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check \
  --no-deps --only-binary :all: --require-hashes -r "$requirements"
# Last: it says that the rest is there.
cp "$requirements" "$folder/requirements.txt"
