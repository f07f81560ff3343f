#!/bin/bash
# Builds the image of a target of the Dockerfile: build_image.sh TARGET TAG
# [OPTIONS…], by docker, or where no docker runs by image-build (WANWU_IMAGE_BUILD,
# or ../shared/tools/image-build), which takes root. Names of the way to package
# registries (proxies, mirrors, certificates) that are in force here hold for
# the build, too, and are not in the image. The model is made of WANWU_WEIGHTS or
# of what ../shared has, where they are there. Options are the builder's. With
# --check it only says what is missing, and ends with 1 if anything is.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

image_build="${WANWU_IMAGE_BUILD:-../shared/tools/image-build}"
certificates=/etc/ssl/certs/ca-certificates.crt

can_have() {
  command -v "$1" > /dev/null || apt-get install -s "$1" > /dev/null 2>&1
}

builder() {
  if docker info > /dev/null 2>&1; then
    echo docker
    return
  fi
  [ -x "$image_build" ] || fail "no docker runs here, and no $image_build"
  [ "$(id -u)" = 0 ] || fail "no docker runs here, and image-build needs root"
  can_have buildah && can_have debootstrap ||
    fail "no docker runs here, and buildah or debootstrap cannot be had"
  echo image-build
}

own_mirror() {
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
    2> /dev/null | grep -E '/debian/?$' | sort -u | head -n 1
}

if [ "${1:-}" = --check ]; then
  builder > /dev/null
  exit
fi
target="$1" tag="$2"
shift 2
with="$(builder)"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
env | grep -E '^(https?_proxy|no_proxy|PIP_|NPM_CONFIG_)' \
  > "$folder/environment" || true
mirror="${WANWU_DEBIAN_MIRROR:-$(own_mirror || true)}"
options=(
  --target "$target"
  --secret "id=environment,src=$folder/environment"
  --build-arg "DEBIAN_MIRROR=${mirror%/}"
  --build-arg "VERSION=$(sed -nE 's/^project\(wanwu VERSION ([0-9.]+).*/\1/p' \
    CMakeLists.txt)"
  # As an argument, a stale layer might keep an old one.
  --label
  "org.opencontainers.image.revision=$(git rev-parse HEAD 2> /dev/null || true)"
)
[ ! -f "$certificates" ] ||
  options+=(--secret "id=certificates,src=$certificates")
weights="${WANWU_WEIGHTS:-../shared/models/resnet18-imagenet1k/resnet18.pth}"
[ -z "${WANWU_WEIGHTS:-}" ] || [ -f "$weights" ] ||
  fail "WANWU_WEIGHTS: there is no $weights"
if [ -f "$weights" ]; then
  mkdir "$folder/weights"
  cp -p "$weights" "$folder/weights/"
  options+=(--build-context "weights=$folder/weights")
fi
[ ! -d ../shared/images ] ||
  options+=(--build-context "pictures=../shared/images")
say "building the image $tag with $with"
if [ "$with" = docker ]; then
  docker build "${options[@]}" --tag "$tag" "$@" .
else
  "$image_build" build . "$tag" --layers "${options[@]}" "$@"
fi
