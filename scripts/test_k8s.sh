#!/bin/bash
# Builds a Kubernetes control plane out of Go modules (the first time: minutes
# of two CPUs) and has it take and run the manifests under k8s/.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

scripts/setup.sh --tests
command -v go > /dev/null ||
  fail "needs Go, from 1.24 on, and its module proxy"

programs="$PWD/build/deps/k8s/bin"
mkdir -p "$programs"

# build FOLDER: the tools of a module under tests/k8s/cluster.
build() {
  (cd "tests/k8s/cluster/$1" && nice go mod download &&
    CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS="-mod=readonly -buildvcs=false" \
      nice go build -p 1 -ldflags "-s -w" -o "$programs/" tool)
}
if [ ! -x "$programs/kube-scheduler" ]; then
  say "building a control plane"
  build control_plane
fi
if [ ! -x "$programs/kwok" ]; then
  say "building kwok, which plays the nodes"
  build kwok
fi

# Unpacked and not installed: it would start a daemon.
if [ ! -x "$programs/etcd" ]; then
  download="$(mktemp -d)"
  trap 'rm -rf "$download"' EXIT
  (cd "$download" && apt-get -o APT::Sandbox::User="$(id -un)" download -qq \
    etcd-server > /dev/null)
  dpkg-deb -x "$download"/etcd-server_*.deb "$download/unpacked"
  mv "$download/unpacked/usr/bin/etcd" "$programs/"
fi

say "testing"
/usr/bin/python3 -B -m pytest -q -rs -p no:cacheprovider tests/k8s/cluster "$@"
