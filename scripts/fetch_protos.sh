#!/bin/bash
# Puts google/rpc/*.proto (PyPI: googleapis-common-protos) into the folder $1.
set -euo pipefail

folder="$1"
version=1.56.4
sha256=8eb2cbc91b69feaf23e32452a7ae60e791e09967d81d4fcc7fc388182d1bd394
[ -f "$folder/google/rpc/error_details.proto" ] && exit 0

download="$(mktemp -d)"
trap 'rm -rf "$download"' EXIT
/usr/bin/python3 -m pip download --quiet --no-deps --only-binary :all: \
  --dest "$download" --require-hashes --requirement /dev/stdin \
  <<< "googleapis-common-protos==$version --hash=sha256:$sha256"
mkdir -p "$folder"
/usr/bin/python3 -m zipfile -e "$download"/*.whl "$download/unpacked"
cp -r "$download/unpacked/google" "$folder/"
