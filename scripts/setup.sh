#!/bin/bash
# Installs what building and exporting models need: Debian packages, protocol
# definitions (PyPI) and example photographs; with --tests also what the tests
# need. Does nothing where all of it is there, so that it costs no time and no
# network the second time.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

packages=(
  build-essential cmake ninja-build ccache pkg-config
  # The service
  libtorch-dev libdnnl-dev libgrpc++-dev protobuf-compiler-grpc
  libprotobuf-dev grpc-proto libabsl-dev libjpeg62-turbo-dev libpng-dev
  libwebp-dev libspdlog-dev libyaml-cpp-dev nlohmann-json3-dev libcli11-dev
  libssl-dev
  # The gateway
  libboost1.81-dev libboost-url1.81-dev prometheus-cpp-dev
  # The model packages
  python3 python3-pip python3-numpy python3-pil python3-torch
  python3-torchvision
  # Configuring the build asks for it
  libgtest-dev libgmock-dev
)
tests=(
  python3-grpcio python3-protobuf python3-pytest clang-format-14
  curl python3-venv
  # The WebUI in a browser
  chromium fonts-noto-cjk
)
[ "${1:-}" != --tests ] || packages+=("${tests[@]}")

# The WebUI needs some Node from 18 on; Debian's where there is none.
node_major() { node --version 2> /dev/null | sed 's/^v//; s/[.].*//'; }
if ! command -v npm > /dev/null || [ "$(node_major)" -lt 18 ]; then
  packages+=(nodejs npm)
fi

installed="$(dpkg-query -W -f '${Package} ${db:Status-Abbrev}\n' \
  "${packages[@]}" 2> /dev/null | awk '$2 == "ii" {print $1}')" || true
mapfile -t missing < <(printf '%s\n' "${packages[@]}" | sort -u |
  comm -23 - <(sort -u <<< "$installed"))

if [ ${#missing[@]} -gt 0 ]; then
  say "installing ${#missing[@]} Debian packages"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  mkdir -p build
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends "${missing[@]}" > build/setup.log 2>&1 || {
    cat build/setup.log >&2
    fail "the Debian packages could not be installed; apt's log is above"
  }
fi

scripts/fetch_protos.sh build/deps/googleapis ||
  fail "google/rpc definitions could not be fetched from PyPI"
scripts/fetch_photos.sh build/deps/photos ||
  say "no example photographs: python3-skimage could not be fetched"
