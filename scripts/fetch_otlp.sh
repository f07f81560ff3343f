#!/bin/bash
# Puts the definitions of the OpenTelemetry protocol for traces into the file
# $1, as protoc's --descriptor_set_in reads them. They are taken out of the
# official Python package (PyPI: opentelemetry-proto), which holds them compiled;
# no package of PyPI or npm holds the .proto files of a release.
set -euo pipefail
. "$(dirname "$0")/fetch_wheel.sh"

file="$1"
[ ! -f "$file" ] || exit 0

download="$(mktemp -d)"
trap 'rm -rf "$download"' EXIT
fetch_wheel "$download" opentelemetry-proto==1.24.0 \
  bcb80e1e78a003040db71ccf83f2ad2019273d1e0828089d183b18a1476527ce
mkdir -p "$(dirname "$file")"
/usr/bin/python3 "$(dirname "$0")/otlp_descriptors.py" "$download"/*.whl \
  "$download/descriptors"
mv "$download/descriptors" "$file"
