#!/bin/bash
# Puts protocol definitions below the folder $1: google/rpc/*.proto (PyPI:
# googleapis-common-protos) into googleapis/, those of gRPC's own services (npm;
# not every Debian has grpc-proto) into grpc-proto/.
set -euo pipefail
. "$(dirname "$0")/fetch_wheel.sh"

folder="$1"
download="$(mktemp -d)"
trap 'rm -rf "$download"' EXIT

fetch_google_rpc() {
  fetch_wheel "$download" googleapis-common-protos==1.56.4 \
    8eb2cbc91b69feaf23e32452a7ae60e791e09967d81d4fcc7fc388182d1bd394
  /usr/bin/python3 -m zipfile -e "$download"/*.whl "$download/unpacked"
  mkdir -p "$folder/googleapis"
  cp -r "$download/unpacked/google" "$folder/googleapis/"
}

# fetch_from_npm PACKAGE SHA256 FILE TARGET: one file of a package.
fetch_from_npm() {
  local archive
  archive="$(cd "$download" && npm pack --silent "$1")"
  sha256sum --check --quiet <<< "$2  $download/$archive"
  mkdir -p "$(dirname "$4")"
  tar -xzOf "$download/$archive" "$3" | tr -d '\r' > "$download/definition"
  mv "$download/definition" "$4"
}

fetch_grpc() {
  local grpc="$folder/grpc-proto/grpc"
  fetch_from_npm grpc-health-check@2.1.0 \
    9d522a0c92f07d83820fbe36b53e69d3c45a8fffb65b32d19d8992e926a06d1e \
    package/proto/health/v1/health.proto "$grpc/health/v1/health.proto"
  fetch_from_npm @grpc/reflection@1.0.4 \
    d17c9a404367b380e10bf590aaceb8b52e4f48ed40e2d2ef82c09edccade9472 \
    package/build/proto/grpc/reflection/v1alpha/reflection.proto \
    "$grpc/reflection/v1alpha/reflection.proto"
  # Last: it says that the others are there.
  fetch_from_npm @grpc/grpc-js@1.14.7 \
    52492ad11afb972e428dc0ff5ae7b2a2dfa2119cf3cf0044f40916774631d649 \
    package/proto/channelz.proto "$grpc/channelz/v1/channelz.proto"
}

[ -f "$folder/googleapis/google/rpc/error_details.proto" ] || fetch_google_rpc
[ -f "$folder/grpc-proto/grpc/channelz/v1/channelz.proto" ] || fetch_grpc
