#!/bin/bash
# Builds the images of server and gateway and runs them, confined as in a pod:
# tests/images/built. Takes docker or image-build (see build_image.sh) and root;
# without them it says so and ends with 0. The model is the one of models/, where
# there is one, else what the Dockerfile makes; WANWU_WEIGHTS names ResNet-18's
# weights for it. With --test it builds the target `test`, too.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

readonly tag=test
own_containers=()

skip() {
  # As pytest says it, whose lines scripts/test.sh repeats.
  echo "SKIPPED [1] scripts/test_image.sh: $*"
  exit 0
}

# Where buildah keeps images and what it caches.
use_storage() {
  mkdir -p "$1/tmp"
  export CONTAINERS_STORAGE_CONF="$1/storage.conf" TMPDIR="$1/tmp"
  printf '[storage]\ndriver = "overlay"\n%s\n%s\n' \
    "graphroot = \"$1/root\"" "runroot = \"$1/run\"" \
    > "$CONTAINERS_STORAGE_CONF"
}

# The model to put into the image, if there is one: making it anew takes minutes.
ready_model() {
  local name
  [ -z "${WANWU_WEIGHTS:-}" ] || return 0
  for name in resnet18 efficientnet_lite0; do
    if [ -d "models/$name" ]; then
      mkdir "$work/packages"
      cp -rp "models/$name" "$work/packages/"
      return
    fi
  done
}

# put NAME: its root and its configuration, below $work.
put() {
  local image="wanwu-$1:$tag" container
  mkdir -p "$work/$1"
  if [ "$with" = docker ]; then
    container="$(docker create "$image")"
    mkdir "$work/$1/root"
    docker export "$container" | tar -x -C "$work/$1/root"
    docker rm "$container" > /dev/null
    docker inspect --format '{{json .Config}}' "$image"
  else
    container="$(buildah from --pull-never "localhost/$image")"
    own_containers+=("$container")
    ln -s "$(buildah mount "$container")" "$work/$1/root"
    buildah inspect --type image "localhost/$image" | /usr/bin/python3 -c '
import json, sys
json.dump(json.load(sys.stdin)["Docker"]["config"], sys.stdout)'
  fi > "$work/$1/config.json"
}

leave() {
  for container in "${own_containers[@]}"; do
    buildah rm "$container" > /dev/null
  done
  rm -rf --one-file-system "$work"
}

reason="$(scripts/build_image.sh --check 2>&1)" || skip "${reason#error: }"
[ "$(id -u)" = 0 ] || skip "needs root, to confine what it starts"
with=image-build
! docker info > /dev/null 2>&1 || with=docker
[ -n "${CONTAINERS_STORAGE_CONF:-}" ] || [ "$with" = docker ] ||
  use_storage "${WANWU_IMAGES_CACHE:-$PWD/build/images}"

work="$(mktemp -d "${TMPDIR:-/var/tmp}/wanwu-images.XXXXXX")"
trap leave EXIT
ready_model
options=()
[ ! -d "$work/packages" ] ||
  options=(--build-context "packages=$work/packages")
targets=(server gateway)
[ "${1:-}" != --test ] || targets=(test "${targets[@]}")
for target in "${targets[@]}"; do
  scripts/build_image.sh "$target" "wanwu-$target:$tag" "${options[@]}"
done
for target in server gateway; do put "$target"; done
say "testing"
WANWU_IMAGES="$work" WANWU_DEPS_DIR="${WANWU_DEPS_DIR:-$PWD/build/deps}" \
  /usr/bin/python3 -B -m pytest -q -s -rs -p no:cacheprovider \
  tests/images/built
