#!/bin/bash
# Puts the definitions of the OpenTelemetry protocol for traces into the file
# $1, as protoc's --descriptor_set_in reads them. They are taken out of the
# official Python package (PyPI: opentelemetry-proto), which holds them compiled;
# no package of PyPI or npm holds the .proto files of a release.
set -euo pipefail

file="$1"
version=1.24.0
sha256=bcb80e1e78a003040db71ccf83f2ad2019273d1e0828089d183b18a1476527ce
[ ! -f "$file" ] || exit 0

download="$(mktemp -d)"
trap 'rm -rf "$download"' EXIT
/usr/bin/python3 -m pip download --quiet --no-deps --only-binary :all: \
  --dest "$download" --require-hashes --requirement /dev/stdin \
  <<< "opentelemetry-proto==$version --hash=sha256:$sha256"
mkdir -p "$(dirname "$file")"
/usr/bin/python3 "$(dirname "$0")/otlp_descriptors.py" "$download"/*.whl \
  "$download/descriptors"
mv "$download/descriptors" "$file"
